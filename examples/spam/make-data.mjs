import { gunzipSync, gzipSync } from 'node:zlib';
import { ensureCorpus, readCorpus } from './corpus.mjs';

const shards = 4;

/**
 * The mails as lines of JSON, `{"text": …, "spam": 0 or 1}`, in the order of their checksums: the corpus lists one group
 * after another, and of that nothing is to be seen here.
 *
 * @returns {Promise<Map<string, Uint8Array>>} files by name
 */
export async function makeData() {
  const mails = (await readCorpus(await ensureCorpus())).sort((a, b) => (a.checksum < b.checksum ? -1 : 1));
  const lines = mails.map(({ group, text }) => JSON.stringify({ text: subjectAndBody(text), spam: group.startsWith('spam') ? 1 : 0 }));
  const perShard = Math.ceil(lines.length / shards);
  return new Map(Array.from({ length: shards }, (_, i) => [`mails-${i}.jsonl.gz`, gzipSync(`${lines.slice(i * perShard, (i + 1) * perShard).join('\n')}\n`)]));
}

/** Some of the mails, as a predict call with `raw` takes them. */
export function rawRows(files, count) {
  const lines = String(gunzipSync(files.get('mails-0.jsonl.gz'))).split('\n');
  return lines.slice(0, count).map((line) => JSON.parse(line).text);
}

/**
 * What a mail says: its subject, and its body as it was sent, with the markup and the parts that it has. The other headers
 * are left out. They tell the groups apart by where and when these were collected, and not by what is spam.
 */
export function subjectAndBody(mail) {
  const [head, ...body] = mail.split(/\r?\n\r?\n/);
  const [, subject = ''] = /^subject:[ \t]*(.*)$/im.exec(head.replace(/\r?\n[ \t]+/g, ' ')) ?? [];
  return `${subject}\n\n${body.join('\n\n')}`;
}

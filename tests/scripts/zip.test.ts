import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractMember, readZipDirectory } from '../../scripts/lib/zip.mjs';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-zip-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Entry {
  name: string;
  data: Buffer;
  deflate: boolean;
}

/** A zip file as PKWARE's APPNOTE lays it out, with an extra field and a comment, which a reader must step over. */
function zip(entries: Entry[], comment = ''): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, deflate } of entries) {
    const stored = deflate ? deflateRawSync(data) : data;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(deflate ? 8 : 0, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(stored.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    fields.writeUInt16LE(4, 24);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), Buffer.from([1, 0, 0, 0]), stored]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), fields, tail, Buffer.from(name), Buffer.from([1, 0, 0, 0])]));
    parts.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, ...directory, end, Buffer.from(comment)]);
}

const text = Buffer.from('the quick brown fox '.repeat(5000));
const entries: Entry[] = [
  { name: 'a/deflated.txt', data: text, deflate: true },
  { name: 'stored.bin', data: Buffer.from([0, 1, 2, 255]), deflate: false },
  { name: 'empty', data: Buffer.alloc(0), deflate: false },
];

async function write(name: string, content: Buffer): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

describe('reading zip files', () => {
  it('extracts stored, deflated and empty members, and counts their bytes', async () => {
    const file = await write('good.zip', zip(entries, 'a comment PK'));
    const members = await readZipDirectory(file);
    expect([...members.keys()]).toEqual(entries.map((entry) => entry.name));
    for (const entry of entries) {
      const target = path.join(folder, 'out', entry.name);
      let counted = 0;
      await extractMember(file, members.get(entry.name), target, (bytes) => (counted += bytes));
      expect((await readFile(target)).equals(entry.data)).toBe(true);
      expect(counted).toBe(entry.data.length);
    }
  });

  it('agrees with what Python’s zipfile writes', async () => {
    const { execFileSync } = await import('node:child_process');
    const file = path.join(folder, 'python.zip');
    execFileSync('python3', ['-c', 'import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z: z.writestr("x", b"abc" * 100000)', file]);
    const member = (await readZipDirectory(file)).get('x')!;
    await extractMember(file, member, path.join(folder, 'x'));
    expect(await readFile(path.join(folder, 'x'), 'utf8')).toBe('abc'.repeat(100000));
  });

  it('notices damage', async () => {
    const good = zip([{ name: 'stored', data: Buffer.from('abcd'), deflate: false }]);
    good[good.indexOf('abcd') + 1] = 0;
    const file = await write('damaged.zip', good);
    const member = (await readZipDirectory(file)).get('stored')!;
    await expect(extractMember(file, member, path.join(folder, 'damaged'))).rejects.toThrow(/stored is damaged: 4 bytes with CRC/);
  });

  it('refuses what is no zip file, and one that was cut off', async () => {
    await expect(readZipDirectory(await write('text', Buffer.from('no zip')))).rejects.toThrow(/not a zip file/);
    await expect(readZipDirectory(await write('cut.zip', zip(entries).subarray(0, -30)))).rejects.toThrow(/not a zip file/);
  });
});

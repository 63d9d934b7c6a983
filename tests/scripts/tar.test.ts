import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTar } from '../../scripts/lib/tar.mjs';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-tar-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const long = `${'a-long-folder-name/'.repeat(7)}file.txt`; // 141 characters: its beginning goes into the header's prefix
const files: Record<string, Buffer> = {
  'empty.txt': Buffer.alloc(0),
  'one-block.bin': Buffer.alloc(512, 7),
  'more.txt': Buffer.from('text '.repeat(300)),
  [long]: Buffer.from('found'),
};

async function archive(name: string, paths: readonly string[]): Promise<Buffer> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), content);
  }
  const target = path.join(folder, name);
  execFileSync('python3', ['-c', 'import sys, tarfile\nwith tarfile.open(sys.argv[1], "w", format=tarfile.USTAR_FORMAT) as t:\n for name in sys.argv[2:]: t.add(name)', target, ...paths], { cwd: folder });
  return readFile(target);
}

it('reads what Python’s tarfile writes', async () => {
  const members = [...readTar(await archive('good.tar', Object.keys(files)))];
  expect(members.map(({ name, content }) => [name, content.toString('latin1')])).toEqual(Object.entries(files).map(([name, content]) => [name, content.toString('latin1')]));
});

it('notices damage, an archive that was cut short, and what is no file', async () => {
  const good = await archive('good.tar', ['more.txt']);
  const damaged = Buffer.from(good);
  damaged[10] = 65;
  expect(() => [...readTar(damaged)]).toThrow('damaged tar archive: no header at byte 0');
  expect(() => [...readTar(good.subarray(0, 1000))]).toThrow('it ends within more.txt');
  expect(() => [...readTar(good.subarray(0, 300))]).toThrow('no header at byte 0');
  const folders = await archive('folder.tar', ['a-long-folder-name']);
  expect(() => [...readTar(folders)]).toThrow('a-long-folder-name/ is of type "5"');
});

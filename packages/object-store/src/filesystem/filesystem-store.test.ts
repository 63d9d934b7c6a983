import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InvalidKeyError, ObjectStoreAccessError } from '../errors.js';
import type { ObjectStore } from '../object-store.js';
import { openFilesystemStore } from './open-filesystem-store.js';

let root: string;
let outside: string;
let store: ObjectStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-fs-'));
  outside = await mkdtemp(join(tmpdir(), 'trainyard-outside-'));
  store = await openFilesystemStore(root);
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
  await rm(outside, { recursive: true, force: true });
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

async function keysOf(prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found;
}

test('an object is a file of its key, and its ETag the SHA-256 of its content', async () => {
  const { etag } = await store.put('projects/p/files/digits.npz', Buffer.from('digits'));
  expect(etag).toBe(sha256('digits'));
  expect(await readFile(join(root, 'projects/p/files/digits.npz'), 'utf8')).toBe('digits');
});

test('a file that was copied into the directory is an object; edited by hand, it has another ETag', async () => {
  await mkdir(join(root, 'data'));
  await writeFile(join(root, 'data/a.csv'), 'one');
  expect(await store.stat('data/a.csv')).toMatchObject({ bytes: 3, etag: sha256('one') });
  await writeFile(join(root, 'data/a.csv'), 'two');
  await utimes(join(root, 'data/a.csv'), 1000, 1000);
  expect(await store.stat('data/a.csv')).toMatchObject({ bytes: 3, etag: sha256('two') });
});

test('a recorded ETag that belongs to another state of the file is not believed', async () => {
  await store.put('k', Buffer.from('old'));
  await writeFile(join(root, 'new'), 'new');
  await store.delete(['k']);
  await writeFile(join(root, 'k'), 'replaced behind its back');
  expect((await store.stat('k'))?.etag).toBe(sha256('replaced behind its back'));
});

test('symbolic links are followed neither to read, to write, to list nor to delete', async () => {
  await writeFile(join(outside, 'secret'), 'secret');
  await symlink(outside, join(root, 'folder'));
  await symlink(join(outside, 'secret'), join(root, 'file'));
  for (const key of ['folder/secret', 'file']) {
    await expect(store.read(key)).rejects.toThrow(InvalidKeyError);
    await expect(store.delete([key])).rejects.toThrow(InvalidKeyError);
  }
  await expect(store.put('folder/new', Buffer.from('x'))).rejects.toThrow(InvalidKeyError);
  expect(await keysOf('')).toEqual([]);
  expect(await readdir(outside)).toEqual(['secret']);
  // Replacing the link itself is no way out: the object takes its place.
  await store.put('file', Buffer.from('mine'));
  expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret');
  expect(Buffer.from(await store.read('file')).toString()).toBe('mine');
});

test('the store itself may be reached through a link', async () => {
  await symlink(root, join(outside, 'link'));
  const linked = await openFilesystemStore(join(outside, 'link'));
  await linked.put('a/b', Buffer.from('x'));
  expect(await keysOf('')).toEqual(['a/b']);
});

test('below an object nothing can be stored, and over a folder no object: both say so', async () => {
  await store.put('a/b', Buffer.from('x'));
  await expect(store.put('a/b/c', Buffer.from('x'))).rejects.toThrow(/"a\/b\/c".*is an object, so nothing can be stored below it/);
  await expect(store.put('a', Buffer.from('x'))).rejects.toThrow(/other objects are stored below it/);
});

test('a name longer than a file name may be', async () => {
  const long = `x/${'né%'.repeat(250)}`;
  await store.put(long, Buffer.from('long'));
  const others = [`x/${'né%'.repeat(10)}/below`, `x/${'né%'.repeat(40)}`, `x/${'né%'.repeat(40)}-`, `x/${'né%'.repeat(100)}/below`];
  for (const key of others) await store.put(key, Buffer.from('other'));
  expect(await keysOf('x/')).toEqual([long, ...others].sort());
  expect(await keysOf(long.slice(0, 700))).toEqual([long]);
  expect(Buffer.from(await store.read(long)).toString()).toBe('long');
});

test('nothing is left behind: no temporary file after a failure, no folder after a delete', async () => {
  const failing = Readable.from(
    (function* () {
      yield Buffer.from('some');
      throw new Error('broken');
    })(),
  );
  await expect(store.put('f/g/h', failing)).rejects.toThrow('broken');
  expect(await readdir(join(root, '.trainyard/temporary'))).toEqual([]);
  await store.put('f/g/h', Buffer.from('x'));
  await store.put('f/i', Buffer.from('x'));
  await store.delete(['f/g/h']);
  expect(await readdir(join(root, 'f'))).toEqual(['i']);
  await store.delete(['f/i']);
  expect(await readdir(root)).toEqual(['.trainyard']);
});

test('opening removes what a killed writer left a day ago, and spares what one writes now', async () => {
  const temporary = join(root, '.trainyard/temporary');
  await writeFile(join(temporary, 'old'), '');
  await writeFile(join(temporary, 'new'), '');
  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
  await utimes(join(temporary, 'old'), yesterday, yesterday);
  await openFilesystemStore(root);
  expect(await readdir(temporary)).toEqual(['new']);
});

test('putting and deleting neighbours at once: folders come and go, no put fails', async () => {
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      for (let round = 0; round < 10; round++) {
        await store.put(`busy/folder/${i}`, Buffer.from('x'));
        await store.delete([`busy/folder/${i}`]);
      }
    }),
  );
  expect(await keysOf('')).toEqual([]);
});

test('a reader keeps the object it opened while another replaces it', async () => {
  await store.put('r', Buffer.alloc(3_000_000, 'a'));
  const { info, body } = await store.get('r');
  await store.put('r', Buffer.alloc(10, 'b'));
  let bytes = 0;
  for await (const chunk of body) {
    expect((chunk as Buffer).every((byte) => byte === 97)).toBe(true);
    bytes += (chunk as Buffer).length;
  }
  expect(bytes).toBe(info.bytes);
});

test('a directory that cannot be made is an access error that names it', async () => {
  await writeFile(join(outside, 'a-file'), '');
  await expect(openFilesystemStore(join(outside, 'a-file'))).rejects.toThrow(ObjectStoreAccessError);
  await expect(openFilesystemStore(join(outside, 'a-file', 'below'))).rejects.toThrow(/a-file\/below: expected a directory, found a file/);
});

import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openFilesystemStore, type ObjectStore } from '@trainyard/object-store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EventMirror, MirrorFullError } from './event-mirror.js';

let root: string;
let store: ObjectStore;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'trainyard-mirror-'));
  store = await openFilesystemStore(path.join(root, 'store'));
});
afterEach(() => rm(root, { recursive: true }));

const put = (key: string, text: string) => store.put(key, Buffer.from(text));
const folder = (name: string) => path.join(root, name);
const read = (file: string) => readFile(folder(file), 'utf8');

test('event files grow at their end, others are replaced, and what is gone is removed', async () => {
  const mirror = new EventMirror(store, [{ prefix: 'a/', folder: folder('one') }, { prefix: 'b/', folder: folder('two') }], 1_000);
  await put('a/train/events.out.tfevents.1.x', 'first');
  await put('a/train/embedding_0.tsv', '1\t2\n');
  await put('b/train/events.out.tfevents.2.x', '');
  await mirror.sync();
  expect(await read('one/train/events.out.tfevents.1.x')).toBe('first');
  // Were the file written anew, this would be lost: TensorBoard holds it open.
  await appendFile(folder('one/train/events.out.tfevents.1.x'), '|');
  await put('a/train/events.out.tfevents.1.x', 'first and second');
  await put('a/train/embedding_0.tsv', '3\t4\n');
  await put('b/train/events.out.tfevents.2.x', 'later');
  await mirror.sync();
  expect(await read('one/train/events.out.tfevents.1.x')).toBe('first| and second');
  expect(await read('one/train/embedding_0.tsv')).toBe('3\t4\n');
  expect(await read('two/train/events.out.tfevents.2.x')).toBe('later');
  await store.delete(['a/train/events.out.tfevents.1.x']);
  await mirror.sync();
  expect(await readdir(folder('one/train'))).toEqual(['embedding_0.tsv']);
});

test('more than it may copy is refused, and nothing is copied', async () => {
  await put('a/events.out.tfevents.1.x', 'x'.repeat(11));
  const mirror = new EventMirror(store, [{ prefix: 'a/', folder: folder('one') }], 10);
  await expect(mirror.sync()).rejects.toThrow(MirrorFullError);
  expect(await readdir(folder('one'))).toEqual([]);
});

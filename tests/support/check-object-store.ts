import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { InvalidKeyError, InvalidRangeError, ObjectNotFoundError, type ObjectStore } from '@trainyard/object-store';
import { describe, expect, test } from 'vitest';

/**
 * What every driver does, whatever it is made of. `open` answers a store in which this suite's keys do not exist yet; it
 * is called when the tests run, not when they are declared.
 */
export function checkObjectStore(driver: string, open: () => Promise<ObjectStore>): void {
  describe(`${driver}: the object store's contract`, () => {
    describe('put and get', () => putAndGet(open));
    describe('ranges', () => ranges(open));
    describe('list', () => listing(open));
    describe('delete', () => deleting(open));
    describe('keys', () => keys(open));
  });
}

function putAndGet(open: () => Promise<ObjectStore>): void {
  test('an object comes back as it was put, from bytes and from a stream', async () => {
    const store = await open();
    const bytes = noise(70_000);
    const fromBytes = await store.put('pg/bytes.bin', bytes, { contentType: 'application/x-npz' });
    const fromStream = await store.put('pg/stream.bin', Readable.from([bytes.subarray(0, 1), bytes.subarray(1, 60_000), bytes.subarray(60_000)]));
    for (const info of [fromBytes, fromStream]) {
      expect(info.bytes).toBe(70_000);
      expect(Buffer.compare(await store.read(info.key), bytes)).toBe(0);
      const got = await store.get(info.key);
      expect(got.info).toMatchObject({ key: info.key, bytes: 70_000, etag: info.etag });
      expect(Buffer.compare(await buffer(got.body), bytes)).toBe(0);
      expect(await store.stat(info.key)).toMatchObject({ key: info.key, bytes: 70_000, etag: info.etag });
      expect(Math.abs(info.modified.getTime() - Date.now())).toBeLessThan(60_000);
    }
  });

  test('a body that is a view of a larger buffer is stored without its surroundings', async () => {
    const store = await open();
    await store.put('pg/view.bin', noise(1000).subarray(100, 200));
    expect(Buffer.compare(await store.read('pg/view.bin'), noise(1000).subarray(100, 200))).toBe(0);
  });

  test('an empty object is an object, put from bytes or from a stream', async () => {
    const store = await open();
    await store.put('pg/empty-bytes', new Uint8Array());
    await store.put('pg/empty-stream', Readable.from([]));
    for (const key of ['pg/empty-bytes', 'pg/empty-stream']) {
      expect(await store.stat(key)).toMatchObject({ bytes: 0 });
      expect(await store.read(key)).toHaveLength(0);
    }
  });

  test('a stream of several parts arrives whole', async () => {
    const store = await open();
    const chunk = noise(3 * 1024 * 1024 + 17);
    const sent = createHash('sha256');
    const chunks = function* () {
      for (let i = 0; i < 7; i++) {
        sent.update(chunk);
        yield chunk;
      }
    };
    const info = await store.put('pg/large.bin', Readable.from(chunks()));
    expect(info.bytes).toBe(7 * chunk.length);
    expect((await store.stat('pg/large.bin'))?.etag).toBe(info.etag);
    const received = createHash('sha256');
    for await (const part of (await store.get('pg/large.bin')).body) received.update(part as Uint8Array);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    // A range over the border of two parts.
    const range = { start: 8 * 1024 * 1024 - 10, end: 8 * 1024 * 1024 + 9 };
    const whole = Buffer.concat(Array<Uint8Array>(7).fill(chunk));
    expect(Buffer.compare(await buffer((await store.get('pg/large.bin', range)).body), whole.subarray(range.start, range.end + 1))).toBe(0);
  });

  test('putting again replaces the object, and its ETag changes with the content', async () => {
    const store = await open();
    const first = await store.put('pg/again', Buffer.from('one'));
    const second = await store.put('pg/again', Buffer.from('two!'));
    expect(second.etag).not.toBe(first.etag);
    expect(Buffer.from(await store.read('pg/again')).toString()).toBe('two!');
    expect(await store.stat('pg/again')).toMatchObject({ bytes: 4, etag: second.etag });
  });

  test.each([10, 20 * 1024 * 1024])('a stream that fails after %i bytes leaves the old object in place, and its own error reaches the caller', async (bytes) => {
    const store = await open();
    await store.put('pg/failing', Buffer.from('old'));
    const failing = function* () {
      for (let sent = 0; sent < bytes; sent += 1024 * 1024) yield noise(Math.min(bytes, 1024 * 1024));
      throw new Error('the sensor fell into the lake');
    };
    await expect(store.put('pg/failing', Readable.from(failing()))).rejects.toThrow('the sensor fell into the lake');
    expect(Buffer.from(await store.read('pg/failing')).toString()).toBe('old');
  });

  test('writers of one key at once: one of them wins, whole', async () => {
    const store = await open();
    const bodies = Array.from({ length: 8 }, (_, i) => Buffer.alloc(100_000, `${i}`));
    await Promise.all(bodies.map((body, i) => store.put('pg/contested', i % 2 === 0 ? body : Readable.from([body]))));
    const left = Buffer.from(await store.read('pg/contested'));
    expect(bodies.some((body) => body.equals(left))).toBe(true);
    const { info, body } = await store.get('pg/contested', { start: 0, end: 0 });
    expect(await buffer(body)).toHaveLength(1);
    expect((await store.stat('pg/contested'))?.etag).toBe(info.etag);
  });

  test('writers of one key in many parts at once do not mix them', async () => {
    const store = await open();
    const bodies = Array.from({ length: 4 }, (_, i) => Buffer.alloc(20 * 1024 * 1024, `${i}`));
    await Promise.all(bodies.map((body, i) => store.put('pg/contested-parts', i % 2 === 0 ? body : Readable.from([body.subarray(0, 9_000_000), body.subarray(9_000_000)]))));
    const left = Buffer.from(await store.read('pg/contested-parts'));
    expect(bodies.some((body) => body.equals(left))).toBe(true);
  });

  test('what does not exist: stat answers undefined, get and read say so', async () => {
    const store = await open();
    expect(await store.stat('pg/nothing')).toBeUndefined();
    await expect(store.get('pg/nothing')).rejects.toThrow(ObjectNotFoundError);
    await expect(store.get('pg/nothing', { start: 0, end: 1 })).rejects.toThrow(ObjectNotFoundError);
    await expect(store.read('pg/nothing')).rejects.toMatchObject({ name: 'ObjectNotFoundError', key: 'pg/nothing' });
    await store.put('pg/a-file', Buffer.from('x'));
    expect(await store.stat('pg')).toBeUndefined();
    expect(await store.stat('pg/a-file/below')).toBeUndefined();
  });

  test('a reader that stops early leaves the store usable', async () => {
    const store = await open();
    await store.put('pg/long', noise(4_000_000));
    for (let i = 0; i < 5; i++) {
      const { body } = await store.get('pg/long');
      for await (const _chunk of body) break;
      const unread = await store.get('pg/long');
      unread.body.destroy();
    }
    expect(await store.read('pg/long')).toHaveLength(4_000_000);
  });
}

function ranges(open: () => Promise<ObjectStore>): void {
  test('both ends are inclusive, and an end behind the last byte means the last byte', async () => {
    const store = await open();
    await store.put('ranges/digits', Buffer.from('0123456789'));
    const at = async (start: number, end: number) => (await buffer((await store.get('ranges/digits', { start, end })).body)).toString();
    expect(await at(0, 0)).toBe('0');
    expect(await at(0, 9)).toBe('0123456789');
    expect(await at(3, 5)).toBe('345');
    expect(await at(9, 9)).toBe('9');
    expect(await at(7, 1000)).toBe('789');
    const { info, body } = await store.get('ranges/digits', { start: 2, end: 3 });
    body.destroy();
    expect(info).toMatchObject({ bytes: 10 });
  });

  test.each([
    [10, 10],
    [100, 200],
    [-1, 3],
    [5, 4],
    [0.5, 2],
  ])('%d to %d of ten bytes is refused', async (start, end) => {
    const store = await open();
    await store.put('ranges/ten', Buffer.from('0123456789'));
    await expect(store.get('ranges/ten', { start, end })).rejects.toThrow(InvalidRangeError);
  });

  test('any range of an empty object is refused', async () => {
    const store = await open();
    await store.put('ranges/empty', new Uint8Array());
    await expect(store.get('ranges/empty', { start: 0, end: 0 })).rejects.toThrow(InvalidRangeError);
  });
}

function listing(open: () => Promise<ObjectStore>): void {
  test('by prefix, in the order of the keys, whether the prefix ends at a "/" or not', async () => {
    const store = await open();
    const names = ['ls/a', 'ls/a-b/1', 'ls/a.b', 'ls/a/2', 'ls/a/1', 'ls/ab', 'ls/b/c/d/e', 'ls/B', 'ls/é', 'ls/z', 'lsx/y'].filter((name) => name !== 'ls/a');
    for (const name of names) await store.put(name, Buffer.from(name));
    const inOrder = (prefix: string) => names.filter((name) => name.startsWith(prefix)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const prefix of ['ls/', 'ls', 'ls/a', 'ls/a/', 'ls/a-', 'ls/b/c/', 'ls/B', 'ls/nothing'])
      expect((await all(store.list(prefix))).map(({ key }) => key), prefix).toEqual(inOrder(prefix));
  });

  test('entries tell what stat tells', async () => {
    const store = await open();
    await store.put('ls-info/one', Buffer.from('one'));
    const [entry] = await all(store.list('ls-info/'));
    const stat = await store.stat('ls-info/one');
    expect({ ...entry, modified: undefined }).toEqual({ ...stat, modified: undefined });
    // HTTP dates have whole seconds.
    expect(Math.abs(entry!.modified.getTime() - stat!.modified.getTime())).toBeLessThan(1000);
  });

  test('more objects than one page of an S3 listing', async () => {
    const store = await open();
    // Folders `3/` and `3-x/` beside each other: servers that keep folders do not list these in the order of the keys.
    const names = Array.from({ length: 2403 }, (_, i) => `pages/${i % 40}${i % 3 === 0 ? '-x' : ''}/${`${i}`.padStart(5, '0')}`).sort();
    for (let at = 0; at < names.length; at += 50) await Promise.all(names.slice(at, at + 50).map((name) => store.put(name, Buffer.from(name))));
    expect((await all(store.list('pages/'))).map(({ key }) => key)).toEqual(names);
    await store.delete(names);
    expect(await all(store.list('pages/'))).toEqual([]);
  });

  test('the folders below a prefix, each once, without what is in them', async () => {
    const store = await open();
    const names = ['ls-dirs/a/1', 'ls-dirs/a/2/3', 'ls-dirs/b c/1', 'ls-dirs/é/x', 'ls-dirs/file', 'ls-dirs-too/a/1'];
    for (const name of names) await store.put(name, Buffer.from(name));
    expect((await all(store.folders('ls-dirs/'))).sort()).toEqual(['a', 'b c', 'é']);
    expect(await all(store.folders('ls-dirs/a/'))).toEqual(['2']);
    expect(await all(store.folders('ls-dirs/file/'))).toEqual([]);
    expect(await all(store.folders('ls-dirs/none/'))).toEqual([]);
    expect(await all(store.folders(''))).toEqual(expect.arrayContaining(['ls-dirs', 'ls-dirs-too']));
  });

  test('more folders than one page of an S3 listing', async () => {
    const store = await open();
    const names = Array.from({ length: 1203 }, (_, i) => `dirs/${i}/x`);
    for (let at = 0; at < names.length; at += 50) await Promise.all(names.slice(at, at + 50).map((name) => store.put(name, Buffer.from(name))));
    expect(new Set(await all(store.folders('dirs/'))).size).toBe(1203);
    await store.delete(names);
  });

  test('a reader may stop early', async () => {
    const store = await open();
    await store.put('ls-early/1', Buffer.from('1'));
    await store.put('ls-early/2', Buffer.from('2'));
    for await (const { key } of store.list('ls-early/')) {
      expect(key).toBe('ls-early/1');
      break;
    }
  });
}

function deleting(open: () => Promise<ObjectStore>): void {
  test('the named objects and no others; what does not exist is no error', async () => {
    const store = await open();
    for (const name of ['rm/a/1', 'rm/a/2', 'rm/b']) await store.put(name, Buffer.from(name));
    await store.delete(['rm/a/1', 'rm/never/was', 'rm/b', 'rm/a']);
    expect((await all(store.list('rm/'))).map(({ key }) => key)).toEqual(['rm/a/2']);
    await store.delete([]);
    await store.delete(['rm/a/2']);
    expect(await store.stat('rm/a/2')).toBeUndefined();
  });

  test('a key is free again for what lies below it', async () => {
    const store = await open();
    await store.put('rm/x', Buffer.from('x'));
    await store.delete(['rm/x']);
    await store.put('rm/x/y', Buffer.from('y'));
    await store.delete(['rm/x/y']);
    await store.put('rm/x', Buffer.from('x'));
    expect((await all(store.list('rm/x'))).map(({ key }) => key)).toEqual(['rm/x']);
  });
}

const unusualKeys = [
  'keys/with space and  two',
  'keys/plus+percent%20ampersand&hash#question?equals=semi;colon:at@',
  "keys/quotes'\"<angle>{brace}[square]|pipe^caret`tick~tilde",
  'keys/ünïcödé/日本語/🚂.h5',
  'keys/%2e%2e/%~/..hidden/a..b/...',
  'keys/.trainyard/inside',
  '.trainyard/etags/x',
  'keys/Case',
  'keys/case',
  'keys/007',
  'keys/model-ep003-loss0.123-val_loss0.456.h5',
  `keys/${'long'.repeat(60)}`,
  `keys/${'é'.repeat(120)}/end`,
  `keys/${'deep/'.repeat(100)}end`,
];

const refusedKeys: [string, string][] = [
  ['the empty key', ''],
  ['a leading slash', '/etc/passwd'],
  ['a trailing slash', 'keys/'],
  ['two slashes', 'keys//x'],
  ['a parent', 'keys/../x'],
  ['only a parent', '..'],
  ['a dot', 'keys/./x'],
  ['a null byte', 'keys/\0'],
  ['a newline', 'keys/\n'],
  ['a backslash', 'keys\\..\\x'],
  ['half a surrogate pair', 'keys/\ud83d'],
  ['1,025 bytes', 'k'.repeat(1025)],
  ['more than 1,024 bytes in fewer characters', 'é'.repeat(513)],
];

function keys(open: () => Promise<ObjectStore>): void {
  test('unusual keys name objects of their own', async () => {
    const store = await open();
    for (const key of unusualKeys) await store.put(key, Buffer.from(`content of ${key}`));
    for (const key of unusualKeys) expect(Buffer.from(await store.read(key)).toString()).toBe(`content of ${key}`);
    const listed = [...(await all(store.list('keys/'))), ...(await all(store.list('.trainyard/')))].map(({ key }) => key);
    expect(listed.sort()).toEqual([...unusualKeys].sort());
    await store.delete(unusualKeys);
    expect(await all(store.list('keys/'))).toEqual([]);
  });

  test.each([`keys/${'long'.repeat(75)}`, `keys/${'é'.repeat(200)}/end`])('a name of more than 255 bytes is stored, or refused as a key: %s', async (key) => {
    const store = await open();
    const outcome = await store.put(key, Buffer.from('x')).catch((error: unknown) => error);
    if (outcome instanceof InvalidKeyError) return;
    expect(outcome).toMatchObject({ key, bytes: 1 });
    expect(await store.read(key)).toHaveLength(1);
    await store.delete([key]);
    expect(await store.stat(key)).toBeUndefined();
  });

  test.each(refusedKeys)('%s is refused', async (_what, key) => {
    const store = await open();
    await expect(store.put(key, Buffer.from('x'))).rejects.toThrow(InvalidKeyError);
    await expect(store.get(key)).rejects.toThrow(InvalidKeyError);
    await expect(store.stat(key)).rejects.toThrow(InvalidKeyError);
    await expect(store.delete(['keys/fine', key])).rejects.toThrow(InvalidKeyError);
  });
}

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const entries: T[] = [];
  for await (const entry of list) entries.push(entry);
  return entries;
}

/** Bytes without a pattern, the same at every call (a linear congruential generator). */
function noise(bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  let state = 12345;
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state >>> 24;
  }
  return out;
}

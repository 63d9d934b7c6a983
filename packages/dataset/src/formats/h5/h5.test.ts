import { readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { ArrayFile } from '@trainyard/keras-format';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Table } from '../table.js';
import { findShards } from '../../shards/find-shards.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { ask, openTable, readColumn } from '../../testing/open-table.js';
import { temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';
import { DiskCache } from './disk-cache.js';
import { openH5 } from './h5.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const fixture = (name: string) => readFile(new URL(`../../../fixtures/${name}`, import.meta.url));
const open = async (bytes: Uint8Array): Promise<Table> => {
  await files.put('files/a.h5', bytes);
  return openTable(files, { uri: 'files/a.h5' });
};

const ten = Array.from({ length: 10 }, (_, i) => i);
const shapes = { d1: [], d2: [3], d3: [3, 2], d4: [2, 2, 3], d5: [2, 1, 2, 2] };
const words = ten.map((i) => `größe ${i}`);

describe.each(Object.entries(shapes))('%s', (name, shape) => {
  const width = shape.reduce((product, dimension) => product * dimension, 1);
  const expected = ten.map((row) => (shape.length === 0 ? row : Array.from({ length: width }, (_, i) => row * width + i)));

  test.each([
    [name, 'float32'],
    [`${name}_chunked`, 'int32'],
    [`odd/${name}`, 'float64'],
  ])('%s: rows in order and in ranges', async (path, dtype) => {
    const table = await open(await fixture('arrays.h5'));
    expect(await table.column(ask(path))).toEqual({ name: path, rows: 10, type: { kind: 'numbers', dtype, shape, parsed: false } });
    for (const [start, end] of [[0, 10], [0, 1], [3, 5], [2, 9], [9, 10]] as const) expect(await readColumn(table, ask(path), start, end)).toEqual(expected.slice(start, end));
  });
});

test('dtypes, in either order of bytes', async () => {
  const table = await open(await fixture('arrays.h5'));
  for (const [name, dtype] of Object.entries({ i1: 'int32', i2: 'int32', i8: 'int64', u1: 'uint8', u2: 'int32', u4: 'int64', f2: 'float32', big_f4: 'float32', big_i2: 'int32' })) {
    expect((await table.column(ask(`dtypes/${name}`))).type, name).toMatchObject({ dtype });
    expect((await readColumn(table, ask(`dtypes/${name}`))).map(Number), name).toEqual(ten.map((i) => (name.startsWith('u') ? i : i - 5)));
  }
  expect((await table.column(ask('dtypes/bool'))).type).toMatchObject({ dtype: 'bool' });
  expect(await readColumn(table, ask('dtypes/bool'))).toEqual(ten.map((i) => Number(i % 3 === 0)));
});

test.each(['fixed', 'variable', 'chunked', 'column'])('text: %s', async (name) => {
  const table = await open(await fixture('arrays.h5'));
  expect((await table.column(ask(`text/${name}`, { text: true }))).type).toEqual({ kind: 'text' });
  for (const [start, end] of [[0, 10], [2, 7], [9, 10]] as const) expect(await readColumn(table, ask(`text/${name}`), start, end)).toEqual(words.slice(start, end));
});

test('the names are the paths of arrays, and of nothing that a link leads to', async () => {
  const { columnNames } = await open(await fixture('arrays.h5'));
  expect(columnNames).toEqual(expect.arrayContaining(['d1', 'odd/d5', 'text/fixed']));
  expect(columnNames).not.toContain('soft');
  expect(columnNames).not.toContain('elsewhere');
});

test('as a dataset, in two shards', async () => {
  for (const i of [0, 1]) await files.put(`files/t/${i}.h5`, await fixture('xy.h5'));
  const dataset = await files.open({ uri: 'files/t/' });
  expect(dataset.rows).toBe(20);
  const { x, y } = await dataset.load();
  expect(x[0]).toMatchObject({ dtype: 'float32', shape: [20, 3] });
  expect(y[0]!.data).toEqual(BigInt64Array.from({ length: 20 }, (_, i) => BigInt(i % 10)));
  const seen: number[] = [];
  for await (const batch of dataset.stream({ batchSize: 8, seed: 3, shuffle: true })) {
    for (const [i, value] of Array.from(batch.y[0]!.data, Number).entries()) expect(batch.x[0]!.data[3 * i]).toBe(3 * value);
    seen.push(...Array.from(batch.y[0]!.data, Number));
    if (seen.length >= 20) break;
  }
  expect(seen.sort((a, b) => a - b)).toEqual(ten.flatMap((i) => [i, i]));
});

describe('what cannot be read is named', () => {
  test.each([
    ['refused/u8', 'files/a.h5, array "refused/u8": expected one of f8, f4, f2, i8, i4, i2, i1, u4, u2, u1, b1, received dtype <u8: unsigned 64-bit integers'],
    ['refused/record', 'files/a.h5, array "refused/record": expected numbers, true and false or text, received records'],
    ['refused/complex', 'array "refused/complex": expected numbers'],
    ['refused/single', 'expected an array with a row for each sample, received a single value'],
    ['refused/empty', 'expected an array, received an empty dataspace'],
    ['refused/ragged', 'array "refused/ragged": expected numbers'],
    ['refused/huge_chunks', 'expected chunks of at most 268435456 bytes, received some of 2147483648; write smaller ones'],
    ['text/pairs', 'expected one text in each row, received rows of shape [2]; save each column of them on its own'],
    ['soft', 'there is no such array'],
    ['nothing', 'files/a.h5, array "nothing": there is no such array'],
  ])('%s', async (name, message) => {
    const table = await open(await fixture('arrays.h5'));
    await expect((async () => table.column(ask(name)))()).rejects.toThrow(message);
  });

  test('text that is not UTF-8', async () => {
    await expect(readColumn(await open(await fixture('arrays.h5')), ask('text/latin'))).rejects.toThrow('files/a.h5, array "text/latin", row index 0: expected UTF-8 text, received other bytes');
  });

  test('data in another file are not read', async () => {
    await expect(readColumn(await open(await fixture('arrays.h5')), ask('refused/elsewhere'))).rejects.toThrow(/array "refused\/elsewhere": expected all data within the file, received a reference to another file, "\/etc\/passwd"; it is refused/);
  });

  test.each([
    ['an empty file', Buffer.alloc(0)],
    ['text', Buffer.from('hello, this is no HDF5 file')],
  ])('%s', async (_what, bytes) => {
    await expect(open(bytes)).rejects.toThrow('files/a.h5: expected a whole HDF5 file, received something else or a part of one');
  });

  test('cut short anywhere', async () => {
    const whole = await fixture('xy.h5');
    for (let bytes = 0; bytes < whole.length; bytes += 331) await expect(open(whole.subarray(0, bytes)).then((table) => readColumn(table, ask('x'))), `${bytes} bytes`).rejects.toMatchObject({ name: 'DataError' });
  });

  test('a flipped byte where there are checksums: never wrong numbers', { timeout: 120_000 }, async () => {
    const whole = await fixture('arrays.h5');
    const sound = await readColumn(await open(whole), ask('d3_chunked'));
    let refused = 0;
    for (let at = 0; at < whole.length; at += 397) {
      const copy = Buffer.from(whole);
      copy[at]! ^= 0x41;
      const read = await open(copy).then((table) => readColumn(table, ask('d3_chunked'))).catch((error: unknown) => error as Error);
      if (!(read instanceof Error)) continue;
      expect(read.name, `byte ${at}: ${read.stack}`).toBe('DataError');
      refused++;
    }
    expect(refused).toBeGreaterThan(0);
    expect(await readColumn(await open(whole), ask('d3_chunked'))).toEqual(sound); // the library is still sound
  });
});

describe('the cache on the disk', () => {
  const shard = async (name: string): Promise<ShardFile> => {
    await files.put(`files/${name}`, await fixture('xy.h5'));
    const [file] = await findShards([`files/${name}`], (uri) => ({ store: files.store, prefix: `projects/p/${uri}` }), { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 });
    return file!;
  };
  const caches: DiskCache<ArrayFile>[] = [];
  afterEach(() => Promise.all(caches.splice(0).map((cache) => cache.clear())));
  const cacheOf = (bytes: number) => {
    const cache = new DiskCache<ArrayFile>(bytes, (descriptor, file) => ArrayFile.open(descriptor, file.bytes), (opened) => opened.close());
    caches.push(cache);
    return cache;
  };

  test('holds as much as it may, and fetches anew what it gave up', async () => {
    const shards = await Promise.all(['1.h5', '2.h5', '3.h5'].map(shard));
    const [{ bytes }] = shards as [ShardFile];
    const cache = cacheOf(2 * bytes + 1);
    const tables = await Promise.all(shards.map((file) => openH5(file, cache)));
    for (let round = 0; round < 3; round++) {
      for (const table of tables) {
        expect(await readColumn(table, ask('y'), 3, 5)).toEqual([3n, 4n]);
        expect(cache.bytes).toBeLessThanOrEqual(2 * bytes);
      }
    }
    expect(await Promise.all(tables.map((table) => readColumn(table, ask('y'), 9, 10)))).toEqual([[9n], [9n], [9n]]);
  });

  test('leaves no file behind', async () => {
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('trainyard-shard-'));
    await openH5(await shard('1.h5'), cacheOf(1e9));
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('trainyard-shard-'))).toEqual(before);
  });

  test('a shard that does not fit, and one that changes', async () => {
    const file = await shard('1.h5');
    await expect(openH5(file, cacheOf(100))).rejects.toThrow(`files/1.h5: expected a file of at most 100 bytes, which are kept on the disk while it is read, received one of ${file.bytes}; write it as several files`);
    await files.put('files/1.h5', Buffer.concat([await fixture('xy.h5'), Buffer.alloc(10)]));
    await expect(openH5(file, cacheOf(1e9))).rejects.toThrow('files/1.h5: the file changed while it was in use');
  });
});

import { readFile } from 'node:fs/promises';
import { encodeNpy, encodeNpz, sliceRows, type NdArray } from '@trainyard/ndarray';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, openTable, readColumn } from '../../testing/open-table.js';
import { counting, float32, sameBytes, temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const fixture = (name: string) => readFile(new URL(`../../../fixtures/${name}`, import.meta.url));
const plain = ({ dtype, shape, data }: NdArray) => ({ dtype, shape: [...shape], data: Array.from(data, Number) });
const rows = { dtype: 'float32', shape: [10, 3, 2], data: Array.from({ length: 60 }, (_, i) => i) };

describe.each(['stored', 'deflated'])('a %s npz by numpy', (kind) => {
  test.each(['x', 'fortran', 'big_endian'])('its array %s, at once and in batches', async (name) => {
    await files.put('files/a.npz', await fixture(`${kind}.npz`));
    const dataset = await files.open({ uri: 'files/a.npz', x: name });
    expect(dataset.rows).toBe(10);
    expect(dataset.x).toEqual([{ name: 'input', dtype: 'float32', shape: [3, 2] }]);
    expect(dataset.y).toEqual([{ name: 'output', dtype: 'int64', shape: [] }]);
    const { x, y } = await dataset.load();
    expect(plain(x[0]!)).toEqual(rows);
    expect(y[0]!.data).toEqual(BigInt64Array.from({ length: 10 }, (_, i) => BigInt(i % 3)));
    const values: number[] = [];
    for await (const batch of dataset.stream({ batchSize: 4, seed: 0, shuffle: false })) {
      values.push(...Array.from(batch.x[0]!.data, Number));
      if (batch.x[0]!.shape[0] === 2) break;
    }
    expect(values).toEqual(rows.data);
  });

  test('narrow dtypes are widened', async () => {
    await files.put('files/a.npz', await fixture(`${kind}.npz`));
    const { x } = await (await files.open({ uri: 'files/a.npz', x: { a: 'half', b: 'flags' } }, { inputs: ['a', 'b'] })).load();
    expect(x.map(({ dtype }) => dtype)).toEqual(['float32', 'bool']);
    expect(Array.from(x[1]!.data, Number)).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
  });
});

describe.each(['text', 'text_deflated'])('%s.npz by numpy', (name) => {
  const words = ['größe', undefined, '日本 😀', 'x'];
  const open = async () => {
    await files.put('files/t.npz', await fixture(`${name}.npz`));
    return openTable(files, { uri: 'files/t.npz' });
  };

  test.each(['unicode', 'big_endian', 'utf8', 'column'])('its array %s is a column of text; an empty one is missing', async (array) => {
    const table = await open();
    expect(await table.column(ask(array, { text: true }))).toEqual({ name: array, rows: 4, type: { kind: 'text' } });
    expect(await readColumn(table, ask(array, { missing: 'mark' }))).toEqual(words);
    await expect(readColumn(table, ask(array))).rejects.toThrow(`files/t.npz, array "${array}", row index 1: expected text, received nothing; add "fill" or "drop_rows" to the transforms`);
  });

  test('several texts in a row, and bytes that are not UTF-8, are refused', async () => {
    const table = await open();
    await expect(table.column(ask('pairs'))).rejects.toThrow('files/t.npz, array "pairs": expected one text in each row, received rows of shape [2]');
    await expect(readColumn(table, ask('latin'))).rejects.toThrow('files/t.npz, array "latin": expected UTF-8 text');
  });
});

test('an npz of more than a block, with every row in its place', async () => {
  const x = counting([3000, 1500]); // 18 MB, in blocks of 4 MiB
  for (const compress of [false, true]) {
    await files.put('files/large.npz', encodeNpz([['x', x]], { compress }));
    const dataset = await files.open({ uri: 'files/large.npz' }, { outputs: [] });
    expect(sameBytes((await dataset.load()).x[0]!, x)).toBe(true);
    for await (const { x: batch } of dataset.stream({ batchSize: 1000, startBatch: 2, seed: 0, shuffle: false })) {
      expect(sameBytes(batch[0]!, sliceRows(x, 2000, 3000))).toBe(true);
      break;
    }
  }
});

test('several shards are one dataset, in the order of their keys', async () => {
  for (const i of [2, 0, 1]) await files.put(`files/t/${i}.npz`, encodeNpz([['x', counting([3, 2], i * 6)], ['y', counting([3], i * 3)]]));
  const dataset = await files.open({ uri: 'files/t/*.npz' });
  expect(dataset.rows).toBe(9);
  expect(dataset.shards.map(({ name }) => name)).toEqual(['files/t/0.npz', 'files/t/1.npz', 'files/t/2.npz']);
  const { x, y } = await dataset.load();
  expect(plain(x[0]!)).toEqual(plain(counting([9, 2])));
  expect(plain(y[0]!)).toEqual(plain(counting([9])));
});

describe('what is wrong is named with its place', () => {
  const message = async (source: object, options = {}) => {
    try {
      await (await files.open(source, options)).load();
    } catch (error) {
      expect((error as Error).name).toBe('DataError');
      return (error as Error).message;
    }
    throw new Error('expected a DataError');
  };

  test('a missing array, with those that are there', async () => {
    await files.put('files/a.npz', encodeNpz([['images', counting([3, 2])], ['labels', counting([3])], ['w', counting([3])]]));
    expect(await message({ uri: 'files/a.npz', x: 'image', y: 'labels' })).toBe('files/a.npz, array "image": there is no such array; there are "images", "labels" and "w"');
    expect(await message({ uri: 'files/a.npz', y: 'labels' })).toBe('files/a.npz: expected an array "x", there are "images", "labels" and "w"; say which one with "x"');
    expect(await message({ uri: 'files/a.npz', x: 'images' })).toBe('files/a.npz: expected targets named "y", there are "images", "labels" and "w"; say which with "y"');
  });

  test('arrays of different lengths', async () => {
    await files.put('files/a.npz', encodeNpz([['x', counting([100, 2])], ['y', counting([99])]]));
    expect(await message({ uri: 'files/a.npz' })).toBe('files/a.npz: expected arrays of as many rows as each other, received "x" with 100 and "y" with 99');
  });

  test('a shard that differs from the first', async () => {
    await files.put('files/t/0.npz', encodeNpz([['x', counting([3, 2])], ['y', counting([3])]]));
    await files.put('files/t/1.npz', encodeNpz([['x', float32([3, 2], [1, 2, 3, 4, 5, 6])], ['y', counting([3])]]));
    expect(await message({ uri: 'files/t/' })).toBe('files/t/1.npz: expected input as in files/t/0.npz: int32 rows of shape [2], received float32 rows of shape [2]');
  });

  test.each([false, true])('NaN and infinity, by array and row (compressed: %s)', async (compress) => {
    await files.put('files/a.npz', encodeNpz([['x', float32([3, 2], [1, 2, 3, NaN, 5, 6])], ['y', float32([3], [1, 2, -Infinity])]], { compress }));
    expect(await message({ uri: 'files/a.npz' })).toMatch(/^files\/a\.npz, array "x", row index 1: expected finite numbers, received NaN/);
    expect(await message({ uri: 'files/a.npz', x: 'y', y: 'y' })).toMatch(/^files\/a\.npz, array "y", row index 2: expected finite numbers, received -Infinity/);
  });

  test('object arrays', async () => {
    await files.put('files/a.npz', await fixture('objects.npz'));
    expect(await message({ uri: 'files/a.npz' }, { outputs: [] })).toMatch(/^files\/a\.npz, array "x": .*Python objects \(their pickles run code/);
  });

  test('a file cut short anywhere: the array, the bytes expected and received', async () => {
    for (const kind of ['stored', 'deflated']) {
      const whole = await fixture(`${kind}.npz`);
      for (let bytes = 0; bytes < whole.length; bytes += 37) {
        await files.put('files/a.npz', whole.subarray(0, bytes));
        const text = await message({ uri: 'files/a.npz' });
        expect(text).toMatch(/^files\/a\.npz(, array "\w+")?: (the file is cut short: expected \d+ bytes of the array, received \d+; upload it again|the file is cut short after \d+ bytes: |expected an npz)/);
      }
    }
    await files.put('files/a.npz', (await fixture('stored.npz')).subarray(0, 250));
    expect(await message({ uri: 'files/a.npz' })).toBe('files/a.npz, array "x": the file is cut short: expected 368 bytes of the array, received 195; upload it again');
  });

  test('a damaged file: never wrong numbers, always an error', async () => {
    const whole = encodeNpz([['x', counting([200, 4])], ['y', counting([200])]], { compress: true });
    const { x, y } = await (async () => {
      await files.put('files/good.npz', whole);
      return (await files.open({ uri: 'files/good.npz' })).load();
    })();
    let damaged = 0;
    for (let at = 0; at < whole.length; at += 11) {
      const copy = Buffer.from(whole);
      copy[at]! ^= 0x55;
      await files.put('files/bad.npz', copy);
      const outcome = await files.open({ uri: 'files/bad.npz' }).then((dataset) => dataset.load()).catch((error: unknown) => error as Error);
      if (outcome instanceof Error) {
        expect(outcome.name, outcome.stack).toBe('DataError');
        damaged++;
      } else expect([outcome.x[0]!.data, outcome.y[0]!.data]).toEqual([x[0]!.data, y[0]!.data]); // a byte that nobody reads
    }
    expect(damaged).toBeGreaterThan(10);
  });

  test('what is no npz', async () => {
    await files.put('files/a.npz', 'hello, this is a text file that somebody renamed');
    expect(await message({ uri: 'files/a.npz' })).toBe('files/a.npz: expected an npz (a zip archive of .npy files), received something else');
  });

  test('no rows', async () => {
    await files.put('files/a.npz', encodeNpz([['x', counting([0, 2])], ['y', counting([0])]]));
    expect(await message({ uri: 'files/a.npz' })).toBe('files/a.npz: expected at least one row, received none');
  });
});

test('a shard that changes while it is streamed ends the stream with its name', async () => {
  await files.put('files/t/0.npz', encodeNpz([['x', counting([3, 2])]]));
  await files.put('files/t/1.npz', encodeNpz([['x', counting([3, 2])]]));
  const dataset = await files.open({ uri: 'files/t/' }, { outputs: [] });
  await files.put('files/t/1.npz', encodeNpz([['x', counting([3, 2], 100)]]));
  await expect(dataset.load()).rejects.toThrow(/^files\/t\/1\.npz: the file changed while it was in use: its ETag was/);
  await files.store.delete(['projects/p/files/t/0.npz']);
  const consume = async () => {
    for await (const _batch of dataset.stream({ batchSize: 2, seed: 0, shuffle: false }));
  };
  await expect(consume()).rejects.toThrow(/^files\/t\/0\.npz: the file changed while it was in use: it was deleted/);
});

describe('npy', () => {
  test('files side by side are arrays by their names', async () => {
    await files.put('files/set/x.npy', encodeNpy(counting([4, 3])));
    await files.put('files/set/y.npy', encodeNpy(counting([4])));
    for (const uri of ['files/set/', ['files/set/y.npy', 'files/set/x.npy']]) {
      const dataset = await files.open({ uri });
      const { x, y } = await dataset.load();
      expect([x[0]!.shape, y[0]!.shape]).toEqual([[4, 3], [4]]);
    }
  });

  test('a single file is x', async () => {
    await files.put('files/images.npy', encodeNpy(counting([4, 3])));
    const { x, y } = await (await files.open({ uri: 'files/images.npy' }, { outputs: [] })).load();
    expect([x[0]!.shape, y]).toEqual([[4, 3], []]);
  });

  test('cut short', async () => {
    await files.put('files/x.npy', encodeNpy(counting([4, 3])).subarray(0, 140));
    await expect(files.open({ uri: 'files/x.npy' }, { outputs: [] })).rejects.toThrow('files/x.npy: the file is cut short: expected 48 bytes of data, received 12');
    await files.put('files/x.npy', encodeNpy(counting([4, 3])).subarray(0, 50));
    await expect(files.open({ uri: 'files/x.npy' }, { outputs: [] })).rejects.toThrow(/^files\/x\.npy: /);
  });
});

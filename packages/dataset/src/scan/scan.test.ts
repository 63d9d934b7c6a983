import { encodeNpz } from '@trainyard/ndarray';
import { Source } from '@trainyard/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { counting, float32, temporaryStore, type TemporaryStore } from '../testing/temporary-store.js';
import { plain } from '../testing/pictures.js';
import { NumberAccumulator } from './number-statistics.js';
import { scanSource, type ScanOptions } from './scan-source.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const scan = (source: object, options: Partial<ScanOptions> = {}) => scanSource(Source.parse(source), { resolve: (uri) => ({ store: files.store, prefix: `projects/p/${uri}` }), ...options });

describe('an npz of two shards', () => {
  beforeEach(async () => {
    const y = (values: number[]) => ({ dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) }) as const;
    await files.put('files/d/a.npz', encodeNpz([['x', float32([3, 2], [0, 1, 2, 3, 4, 5])], ['y', y([0, 1, 1])]]));
    await files.put('files/d/b.npz', encodeNpz([['x', float32([2, 2], [6, -7.5, NaN, 9])], ['y', y([1, 2])]]));
  });

  test('rows, bytes, shapes, statistics with their places, classes and first rows', async () => {
    const progress: number[] = [];
    const { scan: found, shards } = await scan({ uri: 'files/d/*.npz' }, { onProgress: ({ rows }) => progress.push(rows) });
    expect(shards.map(({ name }) => name)).toEqual(['files/d/a.npz', 'files/d/b.npz']);
    expect(found).toMatchObject({ format: 'npz', shards: 2, rows: 5, bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0) });
    const values = [0, 1, 2, 3, 4, 5, 6, -7.5, 9];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(found.columns[0]).toMatchObject({
      ...{ name: 'x', kind: 'numbers', dtype: 'float32', shape: [2], missing: 0, lengths: null, classes: null },
      numbers: {
        ...{ count: 9, non_finite: 1, integers: false },
        min: { value: -7.5, place: 'files/d/b.npz, array "x", row index 0' },
        max: { value: 9, place: 'files/d/b.npz, array "x", row index 1' },
      },
    });
    expect(found.columns[0]?.numbers?.mean).toBeCloseTo(mean, 12);
    expect(found.columns[0]?.numbers?.std).toBeCloseTo(Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length), 12);
    expect(found.columns[1]).toMatchObject({ name: 'y', dtype: 'int64', shape: [], numbers: { integers: true }, classes: [{ value: 1, count: 3 }, { value: 0, count: 1 }, { value: 2, count: 1 }] });
    expect(found.first_rows).toEqual([{ x: [0, 1], y: 0 }, { x: [2, 3], y: 1 }, { x: [4, 5], y: 1 }, { x: [6, -7.5], y: 1 }, { x: ['NaN', 9], y: 2 }]);
    expect(progress.at(-1)).toBe(5);
  });

  test('shards that hold something else than the first one are named', async () => {
    await files.put('files/d/c.npz', encodeNpz([['x', float32([1, 3], [1, 2, 3])], ['y', counting([1])]]));
    await expect(scan({ uri: 'files/d/' })).rejects.toThrow('files/d/c.npz: expected "x" as in the files before it: float32 rows of shape [2], received float32 rows of shape [3]');
  });
});

test('columns of several lengths: those that x and y name', async () => {
  await files.put('files/m.npz', encodeNpz([['x_train', counting([4, 2])], ['y_train', counting([4])], ['x_test', counting([2, 2])], ['y_test', counting([2])]]));
  await expect(scan({ uri: 'files/m.npz' })).rejects.toThrow('received "x_train" with 4 and "x_test" with 2; name those that belong together');
  const { scan: found } = await scan({ uri: 'files/m.npz', x: 'x_train', y: 'y_train' });
  expect([found.rows, found.columns.map(({ name }) => name)]).toEqual([4, ['x_train', 'y_train']]);
});

test('large rows are counted and not shown', async () => {
  await files.put('files/i.npz', encodeNpz([['x', counting([2, 40, 40])], ['y', counting([2])]]));
  const { scan: found } = await scan({ uri: 'files/i.npz' });
  expect(found.first_rows).toEqual([{ x: null, y: 0 }, { x: null, y: 1 }]);
  expect(found.columns[0]).toMatchObject({ shape: [40, 40], numbers: { count: 3200 } });
});

test('a folder of images: shapes, classes by their names, and no pixels in the first rows', async () => {
  for (const [name, red] of [['cat/1', 0], ['dog/1', 255], ['dog/2', 3]] as const) await files.put(`files/pets/${name}.png`, plain(3, 3, [red, 1, 2]));
  const { scan: found, shards } = await scan({ uri: 'files/pets/', images: { target_size: [20, 20], class_mode: 'sparse' } });
  expect(shards.length).toBe(3);
  expect(found).toMatchObject({ format: 'images', shards: 3, rows: 3 });
  const [x, y, filename, names] = found.columns;
  expect(x).toMatchObject({ name: 'x', dtype: 'uint8', shape: [20, 20, 3], numbers: { count: 3600, min: { value: 0, place: 'files/pets/cat/1.png' }, max: { value: 255, place: 'files/pets/dog/1.png' }, mean: 89 / 3 } });
  expect(y).toMatchObject({ name: 'y', dtype: 'int32', shape: [], classes: [{ value: 1, count: 2 }, { value: 0, count: 1 }] });
  expect(filename).toMatchObject({ name: 'filename', kind: 'text' });
  expect(names).toMatchObject({ name: 'class', kind: 'text', classes: [{ value: 'dog', count: 2 }, { value: 'cat', count: 1 }] });
  expect(found.first_rows[0]).toEqual({ x: null, y: 0, filename: 'files/pets/cat/1.png', class: 'cat' });
});

test('more than a hundred values are no classes', async () => {
  await files.put('files/i.npz', encodeNpz([['x', counting([101])], ['y', counting([101], 5)]]));
  expect((await scan({ uri: 'files/i.npz' })).scan.columns.map(({ classes }) => classes)).toEqual([null, null]);
});

test('a scan that is broken off ends with the reason', async () => {
  await files.put('files/i.npz', encodeNpz([['x', counting([10])], ['y', counting([10])]]));
  await expect(scan({ uri: 'files/i.npz' }, { signal: AbortSignal.abort(new Error('no more')) })).rejects.toThrow('no more');
});

test('statistics of blocks are those of the whole, also of large numbers close together', () => {
  const values = Float64Array.from({ length: 3000 }, (_, i) => 1e9 + (i % 7) / 8);
  const statistics = new NumberAccumulator();
  for (let at = 0; at < values.length; at += 700) statistics.add(values.subarray(at, at + 700), () => false, (i) => `row ${at + i}`);
  const offsets = values.map((value) => value - 1e9);
  const mean = offsets.reduce((sum, value) => sum + value, 0) / values.length;
  const std = Math.sqrt(offsets.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  const found = statistics.result();
  expect([(found.mean ?? 0) - 1e9, found.std]).toEqual([expect.closeTo(mean, 6), expect.closeTo(std, 6)]);
  expect([found.min, found.max]).toEqual([{ value: 1e9, place: 'row 0' }, { value: 1e9 + 0.75, place: 'row 6' }]);
});

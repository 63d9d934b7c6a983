import { encodeNpz, type NdArray } from '@trainyard/ndarray';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryStore, type TemporaryStore } from '../testing/temporary-store.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const rows = 50;
const scale = 1 / 255;
const bytes: NdArray = { dtype: 'uint8', shape: [rows, 3, 2], data: Uint8Array.from({ length: rows * 6 }, (_, i) => (i * 37) % 256) };
const floats: NdArray = { dtype: 'float32', shape: [rows, 3, 2], data: Float32Array.from(bytes.data as Uint8Array, (byte) => byte) };
const rescaled = Float32Array.from(bytes.data as Uint8Array, (byte) => byte * scale - 0.5);
const rescale = (column: string) => ({ rescale: { column, scale, offset: -0.5 } });

/** Rows of the only input, loaded at once, and streamed in their order and shuffled, by taking and by iterating. */
async function everyWay(source: object, names?: { inputs?: string[]; outputs?: string[] }) {
  const dataset = await files.open(source, { outputs: [], ...names });
  const { x } = await dataset.load();
  const loaded = x.map(({ data }) => data);
  const taken = await dataset.stream({ batchSize: 8, seed: 3, shuffle: false }).take(Math.ceil(dataset.rows! / 8));
  const shuffled: string[] = [];
  let left = dataset.rows!;
  for await (const batch of dataset.stream({ batchSize: 8, seed: 3, shuffle: true })) {
    const [first] = batch.x;
    const width = first!.data.length / first!.shape[0]!;
    for (let row = 0; row < first!.shape[0]!; row++) shuffled.push(String(first!.data.subarray(row * width, (row + 1) * width)));
    left -= first!.shape[0]!;
    if (left <= 0) break;
  }
  return { specs: dataset.x, loaded, taken: taken.batches.x.map(({ data }) => data.slice()), shuffled };
}

const sortedRows = (data: Float32Array, width = 6): string[] => Array.from({ length: data.length / width }, (_, row) => String(data.subarray(row * width, (row + 1) * width))).sort();

test('bytes that are rescaled come out as float32, whichever way they are read', async () => {
  await files.put('files/a.npz', encodeNpz([['x', bytes]]));
  for (const column of ['x', 'image']) {
    const { specs, loaded, taken, shuffled } = await everyWay({ uri: 'files/a.npz', x: 'x', transforms: [rescale(column)] }, { inputs: ['image'] });
    expect(specs).toEqual([{ name: 'image', dtype: 'float32', shape: [3, 2] }]);
    expect(loaded).toEqual([rescaled]);
    expect(taken).toEqual([rescaled]);
    expect([...shuffled].sort()).toEqual(sortedRows(rescaled));
    expect(shuffled).not.toEqual([...shuffled].sort());
  }
});

test('also twice, or before another change', async () => {
  await files.put('files/a.npz', encodeNpz([['x', bytes]]));
  const twice = Float32Array.from(rescaled, (value) => Math.fround(value) * scale - 0.5);
  expect((await everyWay({ uri: 'files/a.npz', transforms: [rescale('x'), rescale('x')] })).taken).toEqual([twice]);
  const reshaped = await everyWay({ uri: 'files/a.npz', transforms: [rescale('x'), { reshape: { column: 'x', shape: [6] } }] });
  expect([reshaped.specs[0]!.shape, reshaped.taken]).toEqual([[6], [rescaled]]);
});

test('a column of two inputs, and one that a filter looks at', async () => {
  await files.put('files/a.npz', encodeNpz([['x', bytes], ['label', { dtype: 'uint8', shape: [rows], data: Uint8Array.from({ length: rows }, (_, i) => i) }]]));
  const shared = await everyWay({ uri: 'files/a.npz', x: { a: 'x', b: 'x' }, transforms: [rescale('x')] }, { inputs: ['a', 'b'] });
  expect(shared.taken).toEqual([rescaled, rescaled]);
  const filtered = await everyWay({ uri: 'files/a.npz', x: 'label', transforms: [{ rescale: { column: 'label', scale: 2 } }, { drop_rows: { column: 'label', equals: [4] } }] });
  expect(filtered.taken).toEqual([Float32Array.from({ length: rows }, (_, i) => 2 * i).filter((value) => value !== 4)]);
});

test('a shard of bytes beside one of float32', async () => {
  await files.put('files/s/0.npz', encodeNpz([['x', bytes]]));
  await files.put('files/s/1.npz', encodeNpz([['x', floats]]));
  const { taken, loaded } = await everyWay({ uri: 'files/s/', transforms: [rescale('x')] });
  const both = Float32Array.of(...rescaled, ...rescaled);
  expect([loaded, taken]).toEqual([[both], [both]]);
});

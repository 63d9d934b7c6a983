import { encodeNpz, type NdArray } from '@trainyard/ndarray';
import { Transform, type TransformOf } from '@trainyard/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dataset } from '../../dataset.js';
import { readGolden } from '../../testing/golden.js';
import { sameBytes, temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';
import { compileTransforms } from '../registry.js';
import { isFitted, stillOf } from '../transform.js';

type Config = Partial<TransformOf<'image_data_generator'>>;

interface Golden {
  readonly normalized: readonly { readonly config: Config; readonly shape: number[]; readonly x: string; readonly out: string; readonly mean?: number[]; readonly std?: number[] }[];
}

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
const images = (shape: readonly number[], seed = 1): NdArray => ({ dtype: 'uint8', shape, data: Uint8Array.from({ length: shape.reduce((product, n) => product * n, 1) }, (_, i) => (i * 7919 + seed * 104_729 + ((i * i) >> 3)) % 256) });
const generator = (config: Config) => ({ image_data_generator: { column: 'x', ...config } });
const everything: Config = { rotation_range: 40, width_shift_range: 0.2, height_shift_range: 0.3, shear_range: 0.4, zoom_range: 0.3, channel_shift_range: 30, horizontal_flip: true, vertical_flip: true };

/** What a dataset's first transform has learnt. */
function learntOf({ fitted: { transforms: [first] } }: Dataset): { readonly mean: number[]; readonly std: number[] } {
  return (first?.fitted as { image_data_generator: { mean: number[]; std: number[] } }).image_data_generator;
}

const { normalized } = await readGolden<Golden>('images.json');

describe('what genuine Keras 2.0.8 normalizes images to', () => {
  test.each(normalized.map((golden) => [JSON.stringify(golden.config), golden] as const))('%s', async (_, { config, shape, x, out, mean, std }) => {
    await files.put('files/a.npz', encodeNpz([['x', { dtype: 'uint8', shape, data: bytes(x) }]]));
    const dataset = await files.open({ uri: 'files/a.npz', transforms: [generator(config)] }, { outputs: [] });
    const received = (await dataset.load()).x[0]!;
    const expected = new Float32Array(bytes(out).buffer);
    expect([received.dtype, received.shape]).toEqual(['float32', shape]);
    // Over all images numpy sums in float32, here it is float64: the last bits of what is learnt differ. All else is equal bit for bit.
    const furthest = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(received.data[i]))), 0);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(furthest / largest).toBeLessThanOrEqual(mean || std ? 5e-7 : 0);
    const fitted = dataset.fitted.transforms[0]?.fitted as { image_data_generator: { mean?: number[]; std?: number[] } } | undefined;
    expect(fitted !== undefined).toBe(mean !== undefined || std !== undefined);
    for (const [learnt, genuine] of [[fitted?.image_data_generator.mean, mean], [fitted?.image_data_generator.std, std]]) {
      expect(learnt?.length).toBe(genuine?.length);
      for (const [i, value] of (genuine ?? []).entries()) expect(Math.abs(learnt![i]! / value - 1)).toBeLessThan(1e-6);
    }
  });
});

describe('chance', () => {
  const shape = [12, 9, 8, 3];
  const x = images(shape);
  beforeEach(async () => {
    await files.put('files/d/a.npz', encodeNpz([['x', x], ['n', { dtype: 'int32', shape: [12], data: Int32Array.from({ length: 12 }, (_, i) => i) }]]));
    await files.put('files/d/b.npz', encodeNpz([['x', x], ['n', { dtype: 'int32', shape: [12], data: Int32Array.from({ length: 12 }, (_, i) => i + 12) }]]));
  });
  const open = (config: Config = everything, transforms: object[] = []) => files.open({ uri: 'files/d/', y: 'n', transforms: [generator(config), ...transforms] });

  /** Rows by their numbers: of each pass, which has 24 of them. */
  async function rowsOf(options: { batchSize: number; seed?: number; shuffle?: boolean; startBatch?: number }, passes = 2, config?: Config): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const { batchSize, seed = 3, shuffle = false, startBatch = 0 } = options;
    const dataset = await open(config);
    const aPass = Math.ceil(24 / batchSize);
    let batch = startBatch;
    for await (const { x: [rows], y: [numbers] } of dataset.stream({ seed, shuffle, startBatch, batchSize })) {
      for (const [i, number] of numbers!.data.entries()) found.set(`${Math.floor(batch / aPass)}:${number}`, (rows!.data as Float32Array).subarray(i * 216, (i + 1) * 216).join());
      if (++batch === passes * aPass) return found;
    }
    return found;
  }

  test('a row is changed by seed, pass and its place alone: not by its batch, the order, or where a stream begins', async () => {
    const rows = await rowsOf({ batchSize: 24 });
    expect(rows.size).toBe(48);
    expect(new Set(rows.values()).size).toBe(48); // also the rows of the second file, which are those of the first
    expect(await rowsOf({ batchSize: 5 })).toEqual(rows);
    expect(new Map([...(await rowsOf({ batchSize: 7, shuffle: true }))].sort())).toEqual(new Map([...rows].sort()));
    for (const [place, row] of await rowsOf({ batchSize: 5, startBatch: 6 })) expect(row).toBe(rows.get(place));
    const other = await rowsOf({ batchSize: 24, seed: 4 });
    for (const [place, row] of other) expect(row).not.toBe(rows.get(place));
  });

  test('two of them in one source draw each for itself', async () => {
    const flips = { horizontal_flip: true };
    const dataset = await files.open({ uri: 'files/d/a.npz', y: 'n', transforms: [generator(flips), generator(flips)] });
    const unchanged = new Set<number>();
    for await (const { x: [rows] } of dataset.stream({ batchSize: 12, seed: 0, shuffle: false })) {
      for (let row = 0; row < 12; row++) if (rows!.data.subarray(row * 216, (row + 1) * 216).join() === x.data.subarray(row * 216, (row + 1) * 216).join()) unchanged.add(row);
      break;
    }
    expect(unchanged.size).toBeGreaterThan(0);
    expect(unchanged.size).toBeLessThan(12);
  });

  test('rows that are loaded once are not for it', async () => {
    await expect((await open()).load()).rejects.toMatchObject({ name: 'DataError', pointer: '/transforms/0', message: expect.stringContaining('this changes rows at random in each pass, and here they are loaded once; train with fit_generator') });
    const { x: [rows] } = await (await open({ rescale: 0.5 })).load(); // nothing is left to chance
    expect(rows!.data[1]).toBe(Number(x.data[1]) / 2);
  });

  test('what others learn, they learn from the images without chance', async () => {
    const learns = { featurewise_center: true, featurewise_std_normalization: true };
    const plain = await open(learns);
    const after = await open(everything, [generator(learns)]);
    expect(after.fitted.transforms[0]?.fitted).toEqual(plain.fitted.transforms[0]?.fitted);
    expect(learntOf(after).mean.length).toBe(3);
  });

  test('a validation takes over what was learnt, and is not augmented', async () => {
    const train = await open({ ...everything, featurewise_center: true, featurewise_std_normalization: true });
    const learnt = learntOf(train);
    const validation = await files.open({ uri: 'files/d/a.npz', y: 'n', transforms: [generator({ featurewise_center: true, featurewise_std_normalization: true })] }, { fitted: train.fitted });
    const { x: [rows] } = await validation.load();
    const first = Math.fround(Math.fround(Number(x.data[0]) - Math.fround(learnt.mean[0]!)) / Math.fround(Math.fround(learnt.std[0]!) + 1e-7));
    expect(rows!.data[0]).toBe(first);
    await expect(files.open({ uri: 'files/d/a.npz', y: 'n', transforms: [generator({ featurewise_center: true })] }, { fitted: train.fitted })).rejects.toThrow('nothing is fitted on these data');
  });

  test('the same without chance: normalized only', async () => {
    const config = { ...everything, rescale: 0.25, samplewise_center: true };
    const [named] = compileTransforms([Transform.parse(generator(config))]);
    if (!named || !('transform' in named) || !isFitted(named.transform)) throw new Error('expected a transform that is fitted');
    const { transform } = named;
    expect([transform.random, stillOf(transform).random]).toEqual([true, undefined]);
    const context = { place: String, missing: undefined, random: () => { throw new Error('chance'); } };
    const before = { kind: 'numbers', dtype: 'uint8', shape: [9, 8, 3], parsed: false } as const;
    const values = await stillOf(transform).apply({ kind: 'numbers', array: x }, before, context);
    await files.put('files/still.npz', encodeNpz([['x', x]]));
    const normalizing = await files.open({ uri: 'files/still.npz', transforms: [generator({ rescale: 0.25, samplewise_center: true })] }, { outputs: [] });
    expect(values.kind === 'numbers' && sameBytes(values.array, (await normalizing.load()).x[0]!)).toBe(true);
    expect(stillOf(transform).typeAfter(before, 'x')).toEqual(transform.typeAfter(before, 'x'));
  });
});

describe('what it is asked of', () => {
  test('numbers of any dtype, channels first too', async () => {
    const x = { dtype: 'int64', shape: [1, 1, 2, 2], data: BigInt64Array.of(1n, 2n, 3n, 4n) } as const;
    await files.put('files/a.npz', encodeNpz([['x', x]]));
    const { x: [rows] } = await (await files.open({ uri: 'files/a.npz', transforms: [generator({ data_format: 'channels_first', featurewise_center: true, mean: [1] })] }, { outputs: [] })).load();
    expect(rows).toEqual({ dtype: 'float32', shape: [1, 1, 2, 2], data: Float32Array.of(0, 1, 2, 3) });
  });

  test.each([
    [[2, 4, 4], {}, 'column "x": expected images here, rows of three axes, received rows of shape [4, 4]; add a reshape before'],
    [[2, 4, 4, 3], { featurewise_center: true, mean: [1, 2] }, 'column "x": expected one mean, or 3 of them (images have shape [4, 4, 3], channels_last), received 2'],
    [[2, 4, 4, 3], { featurewise_std_normalization: true, std: [1, 2], data_format: 'channels_first' }, 'expected one std, or 4 of them'],
  ])('rows of %j, %j', async (shape, config, message) => {
    await files.put('files/a.npz', encodeNpz([['x', images(shape)]]));
    await expect(files.open({ uri: 'files/a.npz', transforms: [generator(config as Config)] }, { outputs: [] })).rejects.toThrow(message);
  });
});

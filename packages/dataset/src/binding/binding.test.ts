import { encodeNpz } from '@trainyard/ndarray';
import { Source } from '@trainyard/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DataError } from '../data-error.js';
import { checkSource } from '../open-dataset.js';
import { counting, float32, temporaryStore, type TemporaryStore } from '../testing/temporary-store.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
  await files.put(
    'files/a.npz',
    encodeNpz([
      ['x', counting([3, 2])],
      ['y', counting([3])],
      ['a', float32([3, 2], [1, 2, 3, 4, 5, 6])],
      ['b', float32([3], [7, 8, 9])],
      ['w', float32([3], [1, 2, 1])],
      ['images', counting([3, 4, 4, 1])],
    ]),
  );
});
afterEach(() => files.remove());

const two = { inputs: ['a', 'b'], outputs: ['main', 'aux'] };

describe('which arrays become which inputs and outputs', () => {
  test.each([
    ['a name for the only one', { x: 'a', y: 'y' }, { inputs: ['i'], outputs: ['o'] }, { i: [3, 2] }, { o: [3] }],
    ['x and y by default', {}, { inputs: ['i'], outputs: ['o'] }, { i: [3, 2] }, { o: [3] }],
    ['several side by side', { x: ['a', 'b'], y: ['y'] }, { inputs: ['i'], outputs: ['o'] }, { i: [3, 3] }, { o: [3] }],
    ['a list, in order', { x: ['images', 'a'], y: ['y', 'b'] }, two, { a: [3, 4, 4, 1], b: [3, 2] }, { main: [3], aux: [3] }],
    ['by name', { x: { b: 'x', a: ['a', 'b'] }, y: { main: 'b', aux: 'y' } }, two, { a: [3, 3], b: [3, 2] }, { main: [3], aux: [3] }],
    ['several by their own names, by default', { y: ['y', 'b'] }, two, { a: [3, 2], b: [3] }, { main: [3], aux: [3] }],
    ['no targets for predict', { y: 'no such array' }, { inputs: ['i'], outputs: [] }, { i: [3, 2] }, {}],
  ])('%s', async (_what, source, names, x, y) => {
    const dataset = await files.open({ uri: 'files/a.npz', ...source }, names);
    const arrays = await dataset.load();
    const named = (specs: readonly { name: string }[], loaded: readonly { shape: readonly number[] }[]) => Object.fromEntries(specs.map(({ name }, i) => [name, loaded[i]?.shape]));
    expect(named(dataset.x, arrays.x)).toEqual(x);
    expect(named(dataset.y, arrays.y)).toEqual(y);
    expect(arrays.sampleWeight).toBeUndefined();
  });

  test('side by side is row by row', async () => {
    const { x } = await (await files.open({ uri: 'files/a.npz', x: ['b', 'a'] })).load();
    expect(x[0]).toEqual({ dtype: 'float32', shape: [3, 3], data: Float32Array.of(7, 1, 2, 8, 3, 4, 9, 5, 6) });
  });

  test('sample weights, for the only output or for some', async () => {
    const one = await files.open({ uri: 'files/a.npz', sample_weight: 'w' });
    expect((await one.load()).sampleWeight).toEqual([float32([3], [1, 2, 1])]);
    const aux = await files.open({ uri: 'files/a.npz', y: ['y', 'b'], sample_weight: { aux: 'w' } }, two);
    expect(aux.sampleWeight).toEqual([undefined, { name: 'aux', dtype: 'float32', shape: [] }]);
    expect((await aux.load()).sampleWeight).toEqual([undefined, float32([3], [1, 2, 1])]);
    for await (const batch of aux.stream({ batchSize: 2, seed: 0, shuffle: false })) {
      expect(batch.sampleWeight).toEqual([undefined, float32([2], [1, 2])]);
      break;
    }
  });
});

describe('what does not fit the model is refused without looking at the data, with a pointer into the source', () => {
  const one = { inputs: ['i'], outputs: ['o'] };
  test.each([
    [{ x: 'a' }, two, '/x', /the model has 2 inputs \("a" and "b"\): expected a name for each, or \{"a": …\}, received 1/],
    [{ x: ['a'], y: ['y', 'b'] }, two, '/x', /expected a name for each/],
    [{ x: { a: 'x' }, y: ['y', 'b'] }, two, '/x', /received none for "b"/],
    [{ x: { a: 'x', 'c/d': 'y' } }, two, '/x/c~1d', /the model has no input "c\/d"; expected "a" and "b"/],
    [{ y: { main: 'y', out: 'y' }, x: ['a', 'b'] }, two, '/y/out', /the model has no output "out"/],
    [{ sample_weight: 'w', x: ['a', 'b'], y: ['y', 'b'] }, two, '/sample_weight', /the model has 2 outputs/],
    [{ sample_weight: { other: 'w' } }, one, '/sample_weight', /the model has no output "other"/],
    [{ images: {} }, one, '/images', /the files are npz: expected no options for images; leave "images" out/],
    [{ transforms: [{ standardize: { column: 'x', mean: 0, std: [1, 0] } }] }, one, '/transforms/0/standardize/std', /expected a std other than 0/],
  ])('%j', (source, names, pointer, message) => {
    let thrown: unknown;
    try {
      checkSource(Source.parse({ uri: 'files/a.npz', ...source }), names);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: 'DataError', code: 'data_invalid', pointer });
    expect((thrown as DataError).message).toMatch(message);
  });
});

describe('what does not fit the data', () => {
  test.each([
    [{ x: ['images', 'b'] }, /columns "images" and "b": expected columns of one dtype to put side by side, received int32, float32; add a cast/],
    [{ x: ['images', 'y'] }, /expected numbers or vectors to put side by side, received rows of shape \[4, 4, 1\], \[\]/],
    [{ transforms: [{ rescale: { column: 'z', scale: 2 } }] }, /the transform's column "z" is not used; expected one of "x" and "y"/],
    [{ transforms: [{ to_categorical: { column: 'y', classes: ['a'] } }] }, /array "y": expected words for the classes of to_categorical, received numbers/],
    [{ transforms: [{ reshape: { column: 'x', shape: [3] } }] }, /column "x": rows of shape \[2\] \(2 elements\) cannot become \[3\]/],
    [{ transforms: [{ standardize: { column: 'x', mean: [1, 2, 3], std: 1 } }] }, /expected one mean, or 2 of them \(rows have shape \[2\]\), received 3/],
  ])('%j', async (source, message) => {
    await expect(files.open({ uri: 'files/a.npz', ...source })).rejects.toThrow(message);
  });
});

describe('transforms', () => {
  const load = async (transforms: object[], source: object = {}) => {
    const dataset = await files.open({ uri: 'files/a.npz', ...source, transforms });
    const arrays = await dataset.load();
    // The spec is a promise about the arrays.
    for (const [specs, loaded] of [[dataset.x, arrays.x], [dataset.y, arrays.y]] as const)
      expect(loaded.map(({ dtype, shape }) => ({ dtype, shape: shape.slice(1) }))).toEqual(specs.map(({ dtype, shape }) => ({ dtype, shape })));
    return arrays;
  };

  test('to_categorical, of one number a row and of vectors', async () => {
    expect((await load([{ to_categorical: { column: 'y', num_classes: 4 } }])).y[0]).toEqual(float32([3, 4], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]));
    expect((await load([{ to_categorical: { column: 'x', num_classes: 6 } }])).x[0]!.shape).toEqual([3, 2, 6]);
    await expect(load([{ to_categorical: { column: 'x', num_classes: 5 } }])).rejects.toThrow('files/a.npz, array "x", row index 2: expected a class from 0 to 4, received 5');
    await expect(load([{ rescale: { column: 'y', scale: 0.5 } }, { to_categorical: { column: 'y', num_classes: 3 } }])).rejects.toThrow('received 0.5');
  });

  test('rescale and standardize', async () => {
    expect((await load([{ rescale: { column: 'x', scale: 0.5, offset: -1 } }])).x[0]).toEqual(float32([3, 2], [-1, -0.5, 0, 0.5, 1, 1.5]));
    expect((await load([{ standardize: { column: 'x', mean: [2, 3], std: [2, 4] } }])).x[0]).toEqual(float32([3, 2], [-1, -0.5, 0, 0, 1, 0.5]));
    expect((await load([{ standardize: { column: 'x', mean: 1, std: 0.5 } }])).x[0]).toEqual(float32([3, 2], [-2, 0, 2, 4, 6, 8]));
  });

  test('cast and reshape, one after the other', async () => {
    const { x } = await load([{ rescale: { column: 'x', scale: 0.5 } }, { cast: { column: 'x', dtype: 'int32' } }, { reshape: { column: 'x', shape: [1, -1] } }]);
    expect(x[0]).toEqual({ dtype: 'int32', shape: [3, 1, 2], data: Int32Array.of(0, 0, 1, 1, 2, 2) });
  });

  test('of what is made of several columns, by its name in the model or as x', async () => {
    for (const column of ['input', 'x']) {
      const { x } = await load([{ rescale: { column: 'a', scale: 10 } }, { standardize: { column, mean: [0, 0, 7], std: [1, 1, 2] } }], { x: ['a', 'b'] });
      expect(x[0]).toEqual(float32([3, 3], [10, 20, 0, 30, 40, 0.5, 50, 60, 1]));
    }
  });

  test('the data in storage is never changed by a transform', async () => {
    const dataset = await files.open({ uri: 'files/a.npz', x: 'a', transforms: [{ rescale: { column: 'a', scale: 2 } }] });
    const first = await dataset.load();
    expect(await dataset.load()).toEqual(first);
  });
});

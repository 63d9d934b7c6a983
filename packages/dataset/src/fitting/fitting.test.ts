import { encodeNpz } from '@trainyard/ndarray';
import { Fitted } from '@trainyard/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { counting, float32, temporaryStore, type TemporaryStore } from '../testing/temporary-store.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const predicting = { outputs: [] };

describe('what the data tell is learnt over all rows of all shards, and is plain JSON', () => {
  const csv = ['a,colour,text,y\n1,red,the cat sat,0\n2,blue,the dog,1\n', 'a,colour,text,y\n6,red,a cat and a dog and a cow,2\n'];
  beforeEach(async () => {
    for (const [i, body] of csv.entries()) await files.put(`files/t/${i}.csv`, body);
  });
  test.each([
    [[{ standardize: { column: 'a' } }], { x: 'a' }, { standardize: { column: 'a', mean: [3], std: [Math.sqrt(14 / 3)] } }],
    [[{ one_hot: { column: 'colour' } }], { x: 'colour' }, { one_hot: { column: 'colour', vocabulary: ['blue', 'red'], unknown: 'error' } }],
    [[{ index: { column: 'colour', unknown: 'zero' } }], { x: 'colour' }, { index: { column: 'colour', vocabulary: ['blue', 'red'], unknown: 'zero' } }],
    [[{ to_categorical: { column: 'y' } }], { x: 'a', y: 'y' }, { to_categorical: { column: 'y', num_classes: 3 } }],
  ])('%j', async (transforms, source, fitted) => {
    const dataset = await files.open({ uri: 'files/t/', y: 'y', ...source, transforms });
    expect(JSON.parse(JSON.stringify(dataset.fitted))).toEqual({ transforms: [{ given: expect.anything(), fitted }] });
    expect(Fitted.parse(JSON.parse(JSON.stringify(dataset.fitted)))).toEqual(dataset.fitted);
  });

  test('one after another in a column: texts to rows of one length', async () => {
    const transforms = [{ tokenize: { column: 'text', num_words: 4 } }, { pad_sequences: { column: 'text' } }];
    const dataset = await files.open({ uri: 'files/t/', x: 'text', y: 'y', transforms });
    expect(dataset.x).toEqual([{ name: 'input', dtype: 'int32', shape: [4], }]);
    // a: 3 times; the, cat, dog, and: twice each, in the order in which they first came; then sat, cow.
    expect(dataset.fitted.transforms.map(({ fitted }) => fitted)).toMatchObject([{ tokenize: { word_index: ['a', 'the', 'cat'] } }, { pad_sequences: { maxlen: 4 } }]);
    expect((await dataset.load()).x[0]!.data).toEqual(Int32Array.of(0, 0, 2, 3, 0, 0, 0, 2, 1, 3, 1, 1));
  });

  test('columns side by side, and what is made of them as a whole', async () => {
    const transforms = [{ one_hot: { column: 'colour' } }, { standardize: { column: 'x' } }];
    const dataset = await files.open({ uri: 'files/t/', x: ['a', 'colour'], y: 'y', transforms });
    const { mean, std } = (dataset.fitted.transforms[1]!.fitted as { standardize: { mean: number[]; std: number[] } }).standardize;
    expect(mean.map((value) => +value.toFixed(6))).toEqual([3, 0.333333, 0.666667]);
    expect(std.map((value) => +value.toFixed(6))).toEqual([2.160247, 0.471405, 0.471405]);
    const { data } = (await dataset.load()).x[0]!;
    for (let column = 0; column < 3; column++) expect(Number(data[column]) + Number(data[3 + column]) + Number(data[6 + column])).toBeCloseTo(0, 5);
  });

  test('only of the rows that the filters before it keep', async () => {
    const open = async (transforms: object[]) => (await files.open({ uri: 'files/t/', x: 'a', y: 'y', transforms })).fitted.transforms[0]!.fitted;
    expect(await open([{ drop_rows: { column: 'a', above: 5 } }, { standardize: { column: 'a' } }])).toMatchObject({ standardize: { mean: [1.5], std: [0.5] } });
    expect(await open([{ standardize: { column: 'a' } }, { drop_rows: { column: 'a', above: 0.5 } }])).toMatchObject({ standardize: { mean: [3] } });
    // A filter of what has to be fitted first: two passes.
    const fitted = (await files.open({ uri: 'files/t/', x: ['a', 'colour'], y: 'y', transforms: [{ standardize: { column: 'a' } }, { drop_rows: { column: 'a', above: 0.5 } }, { one_hot: { column: 'colour' } }, { to_categorical: { column: 'y' } }] })).fitted.transforms;
    expect(fitted.map(({ fitted: own }) => Object.values(own)[0])).toMatchObject([{ mean: [3] }, { vocabulary: ['blue', 'red'] }, { num_classes: 2 }]);
  });
});

describe('validation data', () => {
  const transforms = [{ index: { column: 'colour' } }, { standardize: { column: 'a' } }];
  const source = { x: ['a', 'colour'], y: 'y', transforms: [...transforms, { cast: { column: 'colour', dtype: 'float32' } }] };
  beforeEach(async () => {
    await files.put('files/train.csv', 'a,colour,y\n0,red,0\n2,blue,1\n');
    await files.put('files/val.csv', 'a,colour,y\n3,red,0\n');
    await files.put('files/odd.csv', 'a,colour,y\n3,green,0\n');
  });

  test('take what the training data taught', async () => {
    const { fitted } = await files.open({ uri: 'files/train.csv', ...source });
    const validation = await files.open({ uri: 'files/val.csv', ...source }, { fitted });
    expect((await validation.load()).x[0]!.data).toEqual(Float32Array.of(2, 1));
    const odd = await files.open({ uri: 'files/odd.csv', ...source }, { fitted });
    await expect(odd.load()).rejects.toThrow('files/odd.csv, row 1, column "colour": expected one of the words "blue" and "red", received "green"; leave out such rows, or give "unknown": "zero"');
  });

  test('are never fitted on', async () => {
    const { fitted } = await files.open({ uri: 'files/train.csv', ...source });
    const other = { ...source, transforms: [{ index: { column: 'colour', unknown: 'zero' } }, ...source.transforms.slice(1)] };
    await expect(files.open({ uri: 'files/val.csv', ...other }, { fitted })).rejects.toMatchObject({ pointer: '/transforms/0', message: expect.stringMatching(/nothing is fitted on these data: expected an equal transform of the data that the model is trained on/) });
  });

  test('two equal transforms in a row are two', async () => {
    const twice = { x: 'a', y: 'y', transforms: [{ standardize: { column: 'a' } }, { rescale: { column: 'a', scale: 3 } }, { standardize: { column: 'a' } }] };
    const { fitted } = await files.open({ uri: 'files/train.csv', ...twice });
    expect(fitted.transforms.map(({ fitted: own }) => own)).toMatchObject([{ standardize: { mean: [1], std: [1] } }, { standardize: { mean: [0], std: [3] } }]);
    expect((await (await files.open({ uri: 'files/val.csv', ...twice }, { fitted })).load()).x[0]!.data).toEqual(Float32Array.of(2));
  });

  test('for predictions, what is said of targets is not missed', async () => {
    const { fitted } = await files.open({ uri: 'files/train.csv', ...source }, predicting);
    expect(fitted.transforms).toHaveLength(2);
    const withTargets = { ...source, transforms: [...source.transforms, { to_categorical: { column: 'y' } }] };
    expect((await files.open({ uri: 'files/val.csv', ...withTargets }, { ...predicting, fitted })).y).toEqual([]);
  });
});

test('mean and std are numpy’s, also where the mean is large beside the deviation, and constants become 0', async () => {
  const rows = 5000;
  const values = Float64Array.from({ length: rows * 3 }, (_, i) => (i % 3 === 0 ? 1e9 + (Math.floor(i / 3) % 2) : i % 3 === 1 ? 7 : Math.sin(i)));
  await files.put('files/a.npz', encodeNpz([['x', { dtype: 'float64', shape: [rows, 3], data: values }]]));
  await files.put('files/b.npz', encodeNpz([['x', { dtype: 'float64', shape: [1, 3], data: Float64Array.of(1e9, 7, 0) }]]));
  const dataset = await files.open({ uri: ['files/a.npz', 'files/b.npz'], transforms: [{ standardize: { column: 'x' } }] }, predicting);
  const { mean, std } = (dataset.fitted.transforms[0]!.fitted as { standardize: { mean: number[]; std: number[] } }).standardize;
  expect(mean[0]! - 1e9).toBeCloseTo(2500 / 5001, 6);
  expect(std[0]).toBeCloseTo(Math.sqrt((2500 * 2501) / 5001 ** 2), 8);
  expect([mean[1], std[1]]).toEqual([7, 1]);
  const { data } = (await dataset.load()).x[0]!;
  expect(data[1]).toBe(0);
});

test('what cannot be fitted is told', async () => {
  await files.put('files/a.npz', encodeNpz([['x', counting([3, 2])], ['y', float32([3], [0, 1, 0.5])]]));
  const open = (transforms: object[]) => files.open({ uri: 'files/a.npz', transforms });
  await expect(open([{ to_categorical: { column: 'y' } }])).rejects.toThrow('files/a.npz, array "y", row index 2: expected a class from 0 to 999999, received 0.5');
  await expect(open([{ pad_sequences: { column: 'x' } }])).rejects.toThrow('column "x": expected sequences here, received int32 rows of shape [2]');
  await files.put('files/large.csv', 'w,y\n1e200,0\n-1e200,1\n');
  await expect(files.open({ uri: 'files/large.csv', x: 'w', y: 'y', transforms: [{ standardize: { column: 'w' } }] })).rejects.toThrow('column "w": expected numbers whose squares float64 can add up, received larger ones; rescale them first');
  await files.put('files/many.csv', `w,y\n${Array.from({ length: 100_001 }, (_, i) => `w${i},0\n`).join('')}`);
  await expect(files.open({ uri: 'files/many.csv', x: 'w', y: 'y', transforms: [{ one_hot: { column: 'w' } }] })).rejects.toThrow(/files\/many.csv, row 100001, column "w": expected at most 100000 different words/);
});

test('a pass that learns ends when it is given up', async () => {
  await files.put('files/t.csv', `a,y\n${'1,0\n'.repeat(50_000)}`);
  const ended = new AbortController();
  ended.abort(new Error('given up'));
  await expect(files.open({ uri: 'files/t.csv', x: 'a', y: 'y', transforms: [{ standardize: { column: 'a' } }] }, { signal: ended.signal })).rejects.toThrow('given up');
});

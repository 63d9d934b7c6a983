import { encodeNpz, type NdArray } from '@trainyard/ndarray';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { counting, float32, temporaryStore, type TemporaryStore } from '../testing/temporary-store.js';
import { findFault, findOddity, type ValueRule } from './value-rule.js';

describe('rules', () => {
  const by = 'the loss';
  const row = (values: number[], shape = [values.length, 1]): NdArray => float32(shape, values);

  test.each<[string, ValueRule, NdArray, number | undefined, number | undefined]>([
    ['classes in range', { kind: 'integers', below: 3, by }, row([0, 1, 2]), undefined, undefined],
    ['a class too many', { kind: 'integers', below: 3, by }, row([0, 3, 1]), 1, undefined],
    ['a negative one', { kind: 'integers', below: 3, by }, row([0, 1, -1]), 2, undefined],
    ['half a class', { kind: 'integers', below: 3, by }, row([0.5]), 0, undefined],
    ['indices of sequences', { kind: 'integers', below: 5, by }, row([0, 1, 2, 3, 4, 5], [2, 3]), 1, undefined],
    ['zeros and ones', { kind: 'binary', by }, row([0, 1]), undefined, undefined],
    ['soft labels', { kind: 'binary', by }, row([0, 0.9]), undefined, 1],
    ['pictures between 0 and 1', { kind: 'binary', by }, row([0, 0.9, 0.5, 1], [1, 2, 2]), undefined, undefined],
    ['ones and twos', { kind: 'binary', by }, row([1, 2]), 1, 1],
    ['NaN', { kind: 'binary', by }, row([1, NaN]), 1, 1],
    ['one-hot rows', { kind: 'distribution', by }, row([0, 1, 1, 0], [2, 2]), undefined, undefined],
    ['smoothed rows', { kind: 'distribution', by }, row([0.1, 0.9, 0.95, 0.05], [2, 2]), undefined, undefined],
    ['rows of two classes', { kind: 'distribution', by }, row([0, 1, 1, 1], [2, 2]), undefined, 1],
    ['class numbers', { kind: 'distribution', by }, row([0, 7], [1, 2]), 0, 0],
    ['signs', { kind: 'signs', by }, row([-1, 1]), undefined, undefined],
    ['no signs', { kind: 'signs', by }, row([1, 0]), undefined, 1],
    ['counts', { kind: 'non_negative', by }, row([0, 7.5]), undefined, undefined],
    ['less than nothing', { kind: 'non_negative', by }, row([1, -0.5]), undefined, 1],
  ])('%s', (_, rule, array, faulty, odd) => {
    expect([findFault(rule, array)?.row, findOddity(rule, array)?.row]).toEqual([faulty, odd]);
  });
});

describe('data', () => {
  let files: TemporaryStore;
  beforeEach(async () => {
    files = await temporaryStore();
  });
  afterEach(() => files.remove());

  const classes = { x: [[]], y: [[{ kind: 'integers', below: 3, by: 'the loss' }]] } as const;
  const rulesOf = (rule: ValueRule) => ({ rules: { x: [[]], y: [[rule]] } });

  test('a value that cannot be used is named with its file and row, by reading and by examining', async () => {
    await files.put('files/d/a.npz', encodeNpz([['x', counting([3, 2])], ['y', counting([3])]]));
    await files.put('files/d/b.npz', encodeNpz([['x', counting([3, 2])], ['y', counting([3], 1)]]));
    const dataset = await files.open({ uri: 'files/d/' }, { rules: classes });
    const message = 'files/d/b.npz, array "y", row index 2: expected whole numbers from 0 to 2 for the loss, received 3';
    await expect(dataset.load()).rejects.toThrow(message);
    await expect(dataset.examine({ rows: Infinity })).rejects.toThrow(message);
    expect(await dataset.examine({ rows: 2 })).toEqual([]);
    const stream = dataset.stream({ batchSize: 2, seed: 0, shuffle: false })[Symbol.asyncIterator]();
    await expect((async () => { for (;;) await stream.next(); })()).rejects.toThrow(message);
  });

  test('rows are named by their place in the file, also where others were left out', async () => {
    await files.put('files/p.csv', 'a,y\n1,0\n5,1\n2,7\n');
    const source = { uri: 'files/p.csv', x: 'a', y: 'y', transforms: [{ drop_rows: { column: 'a', equals: 5 } }] };
    await expect((await files.open(source, { rules: classes })).load()).rejects.toThrow('files/p.csv, row 3, column "y": expected whole numbers from 0 to 2');
  });

  test('what is odd is told once, with its first place', async () => {
    await files.put('files/a.npz', encodeNpz([['x', counting([3, 2])], ['y', float32([3], [1, 0.5, 0.25])]]));
    const dataset = await files.open({ uri: 'files/a.npz' }, rulesOf({ kind: 'binary', by: 'the loss' }));
    expect(await dataset.examine({ rows: Infinity })).toEqual([{ place: 'files/a.npz, array "y", row index 1', detail: 'the loss is meant for 0 and 1, received 0.5' }]);
  });
});

import { encodeNpz } from '@trainyard/ndarray';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dataset } from '../../dataset.js';
import { counting, float32, temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';
import { hashFraction } from './hash.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const rowsOf = async (dataset: Dataset) => Array.from((await dataset.load()).y[0]!.data, Number);

describe('drop_rows', () => {
  const csv = 'a,kind,y\n1,x,0\n2,y,1\n3,x,2\n4, y ,3\n5,z,4\n';
  test.each([
    [[{ drop_rows: { column: 'a', below: 2 } }], [1, 2, 3, 4]],
    [[{ drop_rows: { column: 'a', above: 4, below: 2 } }], [1, 2, 3]],
    [[{ drop_rows: { column: 'a', equals: [2, 5] } }], [0, 2, 3]],
    [[{ drop_rows: { column: 'kind', equals: 'y' } }], [0, 2, 4]],
    [[{ drop_rows: { column: 'kind', equals: ['x', 'z'] } }], [1, 3]],
    [[{ drop_rows: { column: 'y', equals: 4 } }, { drop_rows: { column: 'kind', equals: 'x' } }], [1, 3]],
    // As the list says: the column as what comes before has made it.
    [[{ rescale: { column: 'a', scale: 10 } }, { drop_rows: { column: 'a', below: 30 } }], [2, 3, 4]],
    [[{ drop_rows: { column: 'x', above: 3 } }], [0, 1, 2]],
  ])('%j', async (transforms, left) => {
    await files.put('files/t.csv', csv);
    const dataset = await files.open({ uri: 'files/t.csv', x: 'a', y: 'y', transforms });
    expect(dataset.rows).toBeUndefined();
    expect(await rowsOf(dataset)).toEqual(left);
    expect(await rowsOf(dataset)).toEqual(left);
  });

  test('of arrays: any element counts, and NaN is missing', async () => {
    await files.put('files/a.npz', encodeNpz([['x', float32([4, 2], [0, 1, NaN, 1, 5, 1, 2, 2])], ['y', counting([4])]]));
    const open = (transforms: object[]) => files.open({ uri: 'files/a.npz', transforms });
    expect(await rowsOf(await open([{ drop_rows: { column: 'x', missing: true } }]))).toEqual([0, 2, 3]);
    expect(await rowsOf(await open([{ drop_rows: { column: 'x', missing: true, above: 4 } }]))).toEqual([0, 3]);
    await expect((await open([{ drop_rows: { column: 'x', above: 4 } }])).load()).rejects.toThrow('files/a.npz, array "x", row index 1: expected finite numbers, received NaN');
  });

  test('messages name the row in the file, not among those that are left', async () => {
    await files.put('files/t.csv', 'a,y\n1,0\n2,0\n3,1\n4,7\n');
    const dataset = await files.open({ uri: 'files/t.csv', y: 'y', transforms: [{ drop_rows: { column: 'a', below: 3 } }, { to_categorical: { column: 'y', num_classes: 2 } }] });
    await expect(dataset.load()).rejects.toThrow('files/t.csv, row 4, column "y": expected a class from 0 to 1, received 7');
  });

  test('when nothing is left', async () => {
    await files.put('files/t.csv', 'a,y\n1,0\n2,0\n');
    const dataset = await files.open({ uri: 'files/t.csv', y: 'y', transforms: [{ drop_rows: { column: 'a', above: 0 } }] });
    await expect(dataset.load()).rejects.toThrow('files/t.csv: expected at least one row, received none');
  });

  test.each([
    [{ drop_rows: { column: 'b', above: 0 } }, /the transform's column "b" is not used; expected one of "a" and "y"/],
    [{ drop_rows: { column: 'a' } }, /expected missing, equals, below or above/],
    [{ drop_rows: { column: 'a', equals: 'one' } }, /expected numbers/],
  ])('%j is refused', async (transform, message) => {
    await files.put('files/t.csv', 'a,y\n1,0\n2,0\n');
    await expect((async () => files.open({ uri: 'files/t.csv', x: 'a', y: 'y', transforms: [transform] }))()).rejects.toThrow(message);
  });

  test('a stream is the rows that are left, pass after pass, and may begin anywhere', async () => {
    await files.put('files/t/1.csv', `a,y\n${Array.from({ length: 40 }, (_, row) => `${row % 4},${row}\n`).join('')}`);
    await files.put('files/t/2.csv', `a,y\n${Array.from({ length: 40 }, (_, row) => `${row % 5},${40 + row}\n`).join('')}`);
    const open = () => files.open({ uri: 'files/t/', x: 'a', y: 'y', transforms: [{ drop_rows: { column: 'a', above: 1 } }] });
    const take = async (startBatch: number, count: number, shuffle: boolean) => {
      const batches: number[][] = [];
      for await (const batch of (await open()).stream({ batchSize: 7, seed: 3, shuffle, startBatch })) if (batches.push(Array.from(batch.y[0]!.data, Number)) === count) break;
      return batches;
    };
    const left = Array.from({ length: 80 }, (_, row) => row).filter((row) => (row < 40 ? row % 4 : (row - 40) % 5) <= 1);
    const aPass = Math.ceil(left.length / 7);
    expect((await take(0, 2 * aPass, false)).flat()).toEqual([...left, ...left]);
    const shuffled = await take(0, 2 * aPass, true);
    expect(shuffled.slice(0, aPass).flat().sort((a, b) => a - b)).toEqual(left);
    expect(await take(aPass + 2, 3, true)).toEqual(shuffled.slice(aPass + 2, aPass + 5));
  });
});

describe('split', () => {
  const parts = [{ from: 0, to: 0.7 }, { from: 0.7, to: 0.9 }, { from: 0.9 }];
  const shard = (first: number, rows = 200) => encodeNpz([['x', counting([rows, 1], first)], ['y', counting([rows], first)], ['id', counting([rows], first)]]);

  test.each([['rows', {}], ['a column', { column: 'id' }]])('by %s: disjoint parts of about the asked sizes that are all rows together', async (_what, by) => {
    await files.put('files/s/1.npz', shard(0));
    await files.put('files/s/2.npz', shard(200));
    const found = await Promise.all(parts.map(async (part) => rowsOf(await files.open({ uri: 'files/s/', transforms: [{ split: { ...by, ...part } }] }))));
    expect(found.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, i) => i));
    expect(found.map((rows) => rows.length / 400).map((share, i) => Math.abs(share - [0.7, 0.2, 0.1][i]!) < 0.06)).toEqual([true, true, true]);
    // A shard that is added moves no row from one part to another.
    await files.put('files/s/0.npz', shard(400));
    const [train] = await Promise.all([rowsOf(await files.open({ uri: 'files/s/', transforms: [{ split: { ...by, ...parts[0] } }] }))]);
    expect(train.filter((row) => row < 400)).toEqual(found[0]);
    const other = await rowsOf(await files.open({ uri: 'files/s/', transforms: [{ split: { ...by, ...parts[0], seed: 1 } }] }));
    expect(other).not.toEqual(train);
  });

  test('rows of one value stay together, and the column is no input; numbers and their texts are the same', async () => {
    await files.put('files/t.csv', `a,group,y\n${Array.from({ length: 60 }, (_, row) => `${row},${Math.floor(row / 6)},${row}\n`).join('')}`);
    await files.put('files/t.npz', encodeNpz([['x', counting([60, 1])], ['y', counting([60])], ['group', { dtype: 'int64', shape: [60], data: BigInt64Array.from({ length: 60 }, (_, row) => BigInt(Math.floor(row / 6))) }]]));
    const transforms = [{ split: { column: 'group', to: 0.5 } }];
    const dataset = await files.open({ uri: 'files/t.csv', y: 'y', transforms });
    expect(dataset.x[0]!.shape).toEqual([]); // a alone
    const rows = await rowsOf(dataset);
    for (const row of rows) expect(rows.filter((other) => Math.floor(other / 6) === Math.floor(row / 6))).toHaveLength(6);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThan(60);
    expect(await rowsOf(await files.open({ uri: 'files/t.npz', transforms }))).toEqual(rows);
  });

  test('the hash is MurmurHash3, for ever', () => {
    // The reference's own values (smhasher): of "" with seeds 0 and 1, "test", "Hello, world!" and "The quick brown fox …".
    const hash = (text: string, seed: number) => (hashFraction(text, seed) * 2 ** 32).toString(16);
    expect([hash('', 0), hash('', 1), hash('test', 0), hash('Hello, world!', 0x9747b28c), hash('The quick brown fox jumps over the lazy dog', 0x9747b28c)]).toEqual(['0', '514e28b7', 'ba6bd213', '24884cba', '2fa826cd']);
  });
});

import { encodeNpz } from '@trainyard/ndarray';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { counting, float32, temporaryStore, type TemporaryStore } from '../testing/temporary-store.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const loadX = async (source: object, options = {}) => (await (await files.open(source, { outputs: [], ...options })).load()).x[0]!;

describe('fill', () => {
  beforeEach(() => files.put('files/a.npz', encodeNpz([['x', float32([3, 2], [0, NaN, 2, 3, NaN, NaN])], ['n', counting([3])], ['inf', float32([3], [0, Infinity, 1])], ['z', float32([3], [NaN, 1, 2])]])));

  test('NaN of arrays, before other transforms', async () => {
    const { data } = await loadX({ uri: 'files/a.npz', transforms: [{ fill: { column: 'x', value: -1 } }, { rescale: { column: 'x', scale: 2 } }] });
    expect(data).toEqual(Float32Array.of(0, -2, 4, 6, -2, -2));
    // The file's own rows stay as they are.
    await expect(loadX({ uri: 'files/a.npz' })).rejects.toThrow('files/a.npz, array "x", row index 0: expected finite numbers, received NaN; leave out or fill in such rows');
    await expect(loadX({ uri: 'files/a.npz', transforms: [{ rescale: { column: 'x', scale: 2 } }, { fill: { column: 'x', value: 0 } }] })).rejects.toThrow('received NaN');
  });

  test('of all columns that an input is made of', async () => {
    const { data } = await loadX({ uri: 'files/a.npz', x: ['x', 'z'], transforms: [{ fill: { column: 'input', value: 9 } }] });
    expect(data).toEqual(Float32Array.of(0, 9, 9, 2, 3, 1, 9, 9, 2));
  });

  test.each([
    [{ column: 'x', value: 'none' }, 'files/a.npz, array "x"'],
    [{ column: 'n', value: 0.5 }, 'column "n": expected a number of the dtype int32 to fill in, received 0.5; add a cast before'],
    [{ column: 'inf', value: 0 }, 'received Infinity'],
  ])('%j is refused', async (fill, message) => {
    await expect(loadX({ uri: 'files/a.npz', x: fill.column, transforms: [{ fill }] })).rejects.toThrow(message);
  });
});

describe('select', () => {
  beforeEach(() => files.put('files/t.csv', 'id,p1,p2,p10,name,y\n1,2,3,4,five,6\n'));
  const open = (select: object, source: object = {}) => files.open({ uri: 'files/t.csv', y: 'y', transforms: [{ select }], ...source });
  test.each([
    [{ columns: ['p2', 'p1'] }, [3, 2]],
    [{ columns: ['p*'] }, [2, 3, 4]],
    [{ columns: ['p*', 'id'], except: ['p?', 'p1'] }, undefined],
    [{ columns: ['*1*', 'y'] }, [2, 4]],
    [{ except: ['id'] }, [2, 3, 4]],
    [{ except: ['i*', '*0'] }, [2, 3]],
  ])('%j', async (select, row) => {
    if (row) expect(Array.from((await (await open(select)).load()).x[0]!.data, Number)).toEqual(row);
    else await expect(open(select)).rejects.toThrow('files/t.csv: there is no column "p?"; there are "id", "p1", "p2", "p10", "name" and "y"');
  });

  test.each([
    [{ columns: ['name'] }, {}, /column "name"/],
    [{ columns: ['y'] }, {}, /expected columns for x, none is left/],
    [{ columns: ['p1'] }, { x: 'p2' }, /x names its columns already; leave out x or select/],
  ])('%j, %j is refused', async (select, source, message) => {
    await expect((async () => (await open(select, source)).load())()).rejects.toThrow(message);
  });
});

describe('words', () => {
  beforeEach(() => files.put('files/t.csv', 'colour,n\nred,1\n blue ,2\ngreen,3\n'));
  const one = (transform: object) => loadX({ uri: 'files/t.csv', x: 'colour', transforms: [transform] });

  test('to one-hot rows and to numbers, in the order of a given vocabulary', async () => {
    const vocabulary = ['green', 'red', 'blue'];
    expect((await one({ one_hot: { column: 'colour', vocabulary } })).data).toEqual(Float32Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0));
    expect(await one({ index: { column: 'colour', vocabulary } })).toEqual({ dtype: 'int32', shape: [3], data: Int32Array.of(1, 2, 0) });
  });

  test('unknown ones are an error, or zeros', async () => {
    const vocabulary = ['red', 'blue'];
    for (const kind of ['one_hot', 'index']) await expect(one({ [kind]: { column: 'colour', vocabulary } })).rejects.toThrow('files/t.csv, row 3, column "colour": expected one of the words "red" and "blue", received "green"');
    expect((await one({ one_hot: { column: 'colour', vocabulary, unknown: 'zeros' } })).data).toEqual(Float32Array.of(1, 0, 0, 1, 0, 0));
    expect((await one({ index: { column: 'colour', vocabulary, unknown: 'zero' } })).data).toEqual(Int32Array.of(1, 2, 0));
  });

  test('beside numbers that were parsed, which take their dtype', async () => {
    const x = await loadX({ uri: 'files/t.csv', x: ['n', 'colour'], transforms: [{ one_hot: { column: 'colour', vocabulary: ['green', 'red', 'blue'] } }] });
    expect(x).toEqual(float32([3, 4], [1, 0, 1, 0, 2, 0, 0, 1, 3, 1, 0, 0]));
  });

  test('are no numbers', async () => {
    await expect(one({ one_hot: { column: 'colour', vocabulary: ['red', 'red'] } })).rejects.toThrow(/expected each word once/);
    await expect(loadX({ uri: 'files/t.csv', x: 'colour', transforms: [{ fill: { column: 'colour', value: 'none' } }] })).rejects.toThrow('expected numbers, received text; add to_categorical with "classes", one_hot or tokenize');
  });
});

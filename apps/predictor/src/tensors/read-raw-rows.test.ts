import { ApiError } from '@trainyard/protocol';
import { describe, expect, it } from 'vitest';
import { readRawRows } from './read-raw-rows.js';

const files = ['bill', 'island', 'species', 'a/b'];
const two = { columns: ['bill', 'island'], knows: (name: string) => files.includes(name) };
const one = { columns: ['bill'], knows: two.knows };

describe('rows', () => {
  it('are objects of columns, those without a value undefined', () => {
    const rows = readRawRows({ instances: [{ bill: 1, island: 'a', species: 'x' }, { bill: null }] }, two);
    expect(rows.count).toBe(2);
    expect(rows.column('bill')).toEqual([1, null]);
    expect(rows.column('island')).toEqual(['a', undefined]);
    expect(rows.place(1, 'bill')).toBe('/instances/1/bill');
    expect(rows.place(0, 'a/b')).toBe('/instances/0/a~1b');
    expect(rows.place(0, 'bill, island')).toBe('/instances/0');
  });

  it('of one column may be its values', () => {
    const rows = readRawRows({ instances: [1, [2], { b64: 'AA==' }, { bill: 3 }, null] }, one);
    expect(rows.column('bill')).toEqual([1, [2], { b64: 'AA==' }, 3, null]);
    expect([0, 3].map((row) => rows.place(row, 'bill'))).toEqual(['/instances/0', '/instances/3/bill']);
  });

  it('a column may be called as bytes are', () => {
    const rows = readRawRows({ instances: [{ b64: 'some text' }] }, { columns: ['b64'], knows: (name) => name === 'b64' });
    expect(rows.column('b64')).toEqual(['some text']);
  });

  it('come by column, too', () => {
    const rows = readRawRows({ inputs: { bill: [1, 2], species: ['x', 'y'] } }, two);
    expect(rows.count).toBe(2);
    expect(rows.column('bill')).toEqual([1, 2]);
    expect(rows.column('island')).toEqual([undefined, undefined]);
    expect(rows.place(1, 'island')).toBe('/inputs/island/1');
    const bare = readRawRows({ inputs: [5, 6, 7] }, one);
    expect(bare.column('bill')).toEqual([5, 6, 7]);
    expect(bare.place(2, 'bill')).toBe('/inputs/2');
  });
});

it.each([
  ['a value for two columns', { instances: [{ bill: 1, island: 'a' }, 2] }, two, '/instances/1', 'expected an object with the columns bill, island, received a number'],
  ['a column that is not there', { instances: [{ bil: 1 }] }, two, '/instances/0/bil', 'the data that the model was trained on have no such column; its inputs are made of bill, island'],
  ['its prototype', { instances: [JSON.parse('{"__proto__": 1}')] }, one, '/instances/0/__proto__', 'the data that the model was trained on have no such column; its inputs are made of bill'],
  ['a list for two columns', { inputs: [1] }, two, '/inputs', 'expected an object with lists for the columns bill, island, received a list of 1'],
  ['a value in the place of a list', { inputs: { bill: 1 } }, two, '/inputs/bill', 'expected a list of a value for each row, received a number'],
  ['lists of different lengths', { inputs: { bill: [1, 2], island: ['a'] } }, two, '/inputs/island', 'expected a list of 2 values, as the other columns have, received a list of 1'],
  ['no rows', { inputs: [] }, one, '/inputs', 'expected a list of a value for each row, received a list of 0'],
  ['no lists', { inputs: { species: ['x'] } }, two, '/inputs', 'expected lists for the columns bill, island, received none'],
  ['an unknown list', { inputs: { 'x/y': [1] } }, two, '/inputs/x~1y', 'the data that the model was trained on have no such column; its inputs are made of bill, island'],
  ['npz', { npz: true as const }, two, '/raw', 'expected rows as JSON, received an npz archive'],
])('refused: %s', (_, tensors, columns, pointer, detail) => {
  let thrown: unknown;
  try {
    readRawRows(tensors, columns);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ApiError);
  expect((thrown as ApiError).errors).toEqual([{ pointer, code: 'invalid_value', detail }]);
});

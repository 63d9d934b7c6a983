import { expect, test } from 'vitest';
import { ndarray } from './ndarray.js';
import { nestedOf } from './nested.js';

test('an array as lists of lists, whose numbers JSON can show', () => {
  expect(nestedOf(ndarray('float32', [2, 1, 2], Float32Array.of(1, NaN, Infinity, -Infinity)))).toEqual([[[1, 'NaN']], [['Infinity', '-Infinity']]]);
  expect(nestedOf(ndarray('int32', [], Int32Array.of(3)))).toBe(3);
  expect(nestedOf(ndarray('int32', [2, 0], new Int32Array()))).toEqual([[], []]);
});

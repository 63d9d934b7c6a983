import { ndarray } from '@trainyard/ndarray';
import { expect, it, test } from 'vitest';
import { topK } from './top-k.js';

const output = (shape: number[], values: number[]) => ({ name: 'probabilities', array: ndarray('float32', shape, Float32Array.from(values)) });

it('is the largest values of each row with their places and names, the largest first', () => {
  expect(topK(output([2, 4], [0.125, 0.5, 0.25, 0.125, 4, 3, 2, 1]), 2, ['a', 'b', null])).toEqual([
    [{ index: 1, score: 0.5, class: 'b' }, { index: 2, score: 0.25 }],
    [{ index: 0, score: 4, class: 'a' }, { index: 1, score: 3, class: 'b' }],
  ]);
});

it('is of equal values the first, of NaN the last, and never more than there are', () => {
  expect(topK(output([1, 5], [0.5, NaN, 0.5, Infinity, -Infinity]), 9, undefined)).toEqual([
    [{ index: 3, score: 'Infinity' }, { index: 0, score: 0.5 }, { index: 2, score: 0.5 }, { index: 4, score: '-Infinity' }, { index: 1, score: 'NaN' }],
  ]);
});

it('is what sorting gives', () => {
  let state = 7;
  const values = Array.from({ length: 400 }, () => (state = (state * 48271) % 2147483647) % 50);
  const sorted = values.map((score, index) => ({ index, score })).sort((a, b) => b.score - a.score || a.index - b.index);
  for (const k of [1, 2, 10, 399, 400]) expect(topK(output([1, 400], values), k, undefined)).toEqual([sorted.slice(0, k)]);
});

it('is of each step of a sequence', () => {
  expect(topK(output([1, 2, 2], [1, 2, 4, 3]), 1, undefined)).toEqual([[[{ index: 1, score: 2 }], [{ index: 0, score: 4 }]]]);
});

it('has two classes where there is one probability', () => {
  expect(topK(output([2, 1], [0.75, 0.25]), 2, ['no', 'yes'])).toEqual([
    [{ index: 1, score: 0.75, class: 'yes' }, { index: 0, score: 0.25, class: 'no' }],
    [{ index: 0, score: 0.75, class: 'no' }, { index: 1, score: 0.25, class: 'yes' }],
  ]);
});

test.each([
  ['no axis of classes', [3], [1, 2, 3], '/top_k: expected scores of classes in each row of "probabilities", received an array of shape [3]'],
  ['no classes', [1, 0], [], '/top_k: expected scores of classes in each row of "probabilities", received an array of shape [1, 0]'],
  ['one value that is no probability', [1, 1], [3.5], '/top_k: expected a probability in each row of "probabilities", which has one value, received 3.5'],
])('refused: %s', (_, shape, values, message) => {
  expect(() => topK(output(shape, values), 2, undefined)).toThrow(message);
});

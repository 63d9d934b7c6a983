import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positive, smooth } from './smooth.js';

test('a constant stays, gaps stay, and without weight all stays', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.double({ min: 0, max: 0.99, noNaN: true }), (constant, weight) => {
      for (const value of smooth(Array<number>(50).fill(constant), weight)) expect(value).toBeCloseTo(constant, 6);
    }),
  );
  expect(smooth([1, null, 2, undefined, 4], 0)).toEqual([1, null, 2, undefined, 4]);
  expect(smooth([null, 1, null], 0.9)).toEqual([null, 1, null]);
});

test('each value is the weighted mean of those up to it', () => {
  const [first, second, third] = smooth([4, 8, 0], 0.5);
  expect(first).toBe(4);
  expect(second).toBeCloseTo((4 * 0.5 + 8) / 1.5);
  expect(third).toBeCloseTo((4 * 0.25 + 8 * 0.5) / 1.75);
});

test('what has no logarithm is left out', () => {
  expect(positive([1, 0, -1, null, undefined])).toEqual([1, null, null, null, undefined]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { batchPermutation, permutation } from '../data/shuffle.js';

const numbers = { length: fc.nat(300), seed: fc.integer(), epoch: fc.nat(10_000) };
const runs = { numRuns: 300, seed: 20170824 };
const upTo = (length: number): number[] => Array.from({ length }, (_, i) => i);

test('a permutation has every row once, and is a function of seed and epoch alone', () => {
  fc.assert(
    fc.property(fc.record(numbers), ({ length, seed, epoch }) => {
      const order = permutation(length, seed, epoch);
      expect([...order].sort((a, b) => a - b)).toEqual(upTo(length));
      expect(permutation(length, seed, epoch)).toEqual(order);
    }),
    runs,
  );
});

test('a permutation of batches keeps each batch together and in order, and the rows that fill no batch at the end', () => {
  fc.assert(
    fc.property(fc.record(numbers), fc.integer({ min: 1, max: 40 }), ({ length, seed, epoch }, batchSize) => {
      const order = [...batchPermutation(length, batchSize, seed, epoch)];
      expect([...order].sort((a, b) => a - b)).toEqual(upTo(length));
      const whole = Math.floor(length / batchSize) * batchSize;
      for (let start = 0; start < whole; start += batchSize) {
        expect((order[start] as number) % batchSize).toBe(0);
        expect(order.slice(start, start + batchSize)).toEqual(upTo(batchSize).map((i) => (order[start] as number) + i));
      }
      expect(order.slice(whole)).toEqual(upTo(length).slice(whole));
    }),
    runs,
  );
});

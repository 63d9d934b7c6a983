import { describe, expect, it } from 'vitest';

import { batchPermutation, permutation } from './shuffle.js';

const isPermutation = (order: Uint32Array): boolean => [...order].sort((a, b) => a - b).every((value, i) => value === i);

describe('permutation', () => {
  it('holds every index once, for any length, seed and epoch', () => {
    for (const length of [0, 1, 2, 7, 100, 1797]) for (const seed of [0, 1, -5, 2 ** 31]) for (const epoch of [0, 1, 99]) expect(isPermutation(permutation(length, seed, epoch))).toBe(true);
  });

  it('is the same for the same seed and epoch, and another for others', () => {
    const order = (seed: number, epoch: number): string => permutation(50, seed, epoch).join();
    expect(order(1, 2)).toBe(order(1, 2));
    expect(new Set([order(1, 2), order(1, 3), order(2, 2), order(2, 1)]).size).toBe(4);
  });

  it('puts each index at each place about equally often', () => {
    const counts = Array.from({ length: 5 }, () => new Uint32Array(5));
    for (let epoch = 0; epoch < 5000; epoch++) permutation(5, 3, epoch).forEach((value, place) => counts[place]![value]!++);
    // 1000 expected in each cell, deviation 28.
    for (const row of counts) for (const count of row) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('batchPermutation', () => {
  it('moves whole batches and leaves the last, smaller one at the end', () => {
    const order = batchPermutation(23, 5, 1, 0);
    expect(isPermutation(order)).toBe(true);
    for (let batch = 0; batch < 4; batch++) for (let i = 1; i < 5; i++) expect(order[batch * 5 + i]).toBe(order[batch * 5]! + i);
    expect([...order.slice(20)]).toEqual([20, 21, 22]);
  });
});

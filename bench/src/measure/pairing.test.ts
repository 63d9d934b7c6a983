import { describe, expect, it } from 'vitest';

import { bestPeer, measurePair, ratioOf } from './pairing.js';
import { quantile } from './statistics.js';

describe('pairs', () => {
  it('the order within a pair changes from round to round', async () => {
    const order: string[] = [];
    const take = (name: string, value: number) => async () => {
      order.push(name);
      return value;
    };
    const pairs = [];
    for (let round = 0; round < 3; round++) pairs.push(await measurePair(round, take('ours', 2), take('peer', 6)));
    expect(order).toEqual(['ours', 'peer', 'peer', 'ours', 'ours', 'peer']);
    expect(pairs).toEqual(Array(3).fill({ ours: 2, peer: 6 }));
  });

  it('the ratio is above 1 where the peer takes longer', () => {
    expect(ratioOf([{ ours: 1, peer: 3 }])).toBe(3);
    expect(ratioOf([{ ours: 4, peer: 1 }])).toBe(0.25);
  });

  it('a machine that becomes five times slower changes no ratio', () => {
    const calm = { ours: 1, peer: 2 };
    const busy = { ours: 5, peer: 10 };
    expect(ratioOf([calm, busy, busy])).toBe(2);
    // The medians of each alone would say otherwise, were the slow spell to hit the two unevenly often.
    expect(ratioOf([calm, calm, { ours: 1, peer: 10 }])).toBe(2);
  });

  it('the best peer is the one that ours is least ahead of', () => {
    const pairs = new Map([
      ['slow', [{ ours: 1, peer: 9 }]],
      ['fast', [{ ours: 2, peer: 1 }, { ours: 2, peer: 3 }]],
      ['absent', []],
    ]);
    expect(bestPeer(pairs)).toEqual({ name: 'fast', ratio: 1 });
    expect(bestPeer(new Map())).toBeUndefined();
  });
});

it('quantiles interpolate between neighbours', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([4, 1, 2, 3], 0.5)).toBe(2.5);
  expect(quantile([0, 10], 0.95)).toBeCloseTo(9.5, 12);
  expect(() => quantile([], 0.5)).toThrow('at least one value');
});

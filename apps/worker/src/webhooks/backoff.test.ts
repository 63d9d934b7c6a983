import { expect, it } from 'vitest';
import { waitAfter } from './backoff.js';

const waits = (random: number): number[] => Array.from({ length: 20 }, (_, i) => waitAfter(i + 1, 0, random)).filter((wait) => wait !== undefined);
const hours = (all: readonly number[]): number => all.reduce((sum, wait) => sum + wait, 0) / 3_600_000;

it('waits three times as long each time, for about a day, and then gives up', () => {
  expect(waits(0.5).slice(0, 4)).toEqual([5_000, 15_000, 45_000, 135_000]);
  expect(waits(0.5)).toHaveLength(11);
  expect(hours(waits(0))).toBeCloseTo(18, 0);
  expect(hours(waits(0.5))).toBeCloseTo(22.6, 0);
  expect(hours(waits(1))).toBeCloseTo(27, 0);
});

it('differs by chance', () => {
  expect(new Set(Array.from({ length: 20 }, () => waitAfter(5))).size).toBeGreaterThan(10);
});

it('waits as long as the receiver asks, up to a quarter of a day', () => {
  expect(waitAfter(1, 60_000, 0.5)).toBe(60_000);
  expect(waitAfter(1, 1e12, 0.5)).toBe(6 * 3_600_000);
  expect(waitAfter(12, 60_000)).toBeUndefined();
});

import { Resources } from '@trainyard/protocol';
import { expect, it } from 'vitest';
import { GpuShares } from './gpu-shares.js';

const asking = (resources: object) => Resources.parse(resources);

it('jobs run side by side while their fractions fit on a GPU', () => {
  const shares = new GpuShares(true);
  const third = asking({ gpu_memory_fraction: 0.3 });
  expect(['a', 'b', 'c', 'd'].map((job) => shares.take(job, third))).toEqual([true, true, true, false]);
  expect(shares.take('e', asking({ gpu_memory_fraction: 0.1 }))).toBe(true);
  expect(shares.take('f', asking({ device: 'gpu:1' }))).toBe(true);
  expect(shares.take('g', asking({ device: 'gpu:1', gpu_memory_fraction: 0.1 }))).toBe(false);
  expect(shares.take('h', asking({ device: 'cpu' }))).toBe(true);
  shares.release('a');
  expect(shares.take('d', third)).toBe(true);
});

it('a job that names no fraction needs a GPU to itself', () => {
  const shares = new GpuShares(true);
  expect(shares.take('a', asking({ gpu_memory_fraction: 0.3 }))).toBe(true);
  expect(shares.take('b', asking({}))).toBe(false);
});

it('without a GPU there is nothing to share', () => {
  const shares = new GpuShares(false);
  expect(['a', 'b'].map((job) => shares.take(job, asking({})))).toEqual([true, true]);
});

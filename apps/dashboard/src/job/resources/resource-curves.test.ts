import { expect, test } from 'vitest';
import type { ResourceSample } from '@trainyard/protocol';
import { resourceCurves, sampleAt } from './resource-curves.js';

const sample = (second: number, attempt: number, changes: Partial<ResourceSample> = {}): ResourceSample => ({
  ...{ attempt, at: new Date(second * 1000).toISOString(), cpu_percent: 90, memory_mb: 500 + second, memory_limit_mb: null, gpu_memory_mb: null },
  ...changes,
});

test('the seconds between two attempts are left out, and leave a gap', () => {
  const curves = resourceCurves([sample(100, 1), sample(105, 1), sample(4000, 2), sample(4005, 2)]);
  expect(curves.x).toEqual([0, 5, 5.5, 6, 11]);
  expect(curves.memory).toEqual([600, 605, null, 4500, 4505]);
  expect(curves.cpu).toEqual([90, 90, null, 90, 90]);
  expect([curves.limit, curves.gpuMemory]).toEqual([undefined, undefined]);
  expect([5, 5.5, 6, 7].map((x) => sampleAt(curves, x)?.at)).toEqual([105, undefined, 4000, undefined].map((second) => second && new Date(second * 1000).toISOString()));
});

test('a limit and the memory of a GPU are drawn where any sample tells them', () => {
  const curves = resourceCurves([sample(1, 1, { memory_limit_mb: 4096 }), sample(2, 1, { gpu_memory_mb: 12.5 })]);
  expect([curves.limit, curves.gpuMemory]).toEqual([[4096, null], [null, 12.5]]);
});

test('of no samples there is nothing', () => {
  expect(resourceCurves([])).toEqual({ x: [], samples: [], cpu: [], memory: [], limit: undefined, gpuMemory: undefined });
});

import { expect, it } from 'vitest';
import { readComputeApps } from './gpu-memory.js';
import { keptEvery, ResourceSampler, type ResourceSamplerOptions } from './resource-sampler.js';

it('a job keeps 720 samples at most, evenly, however long it runs', () => {
  let kept: number[] = [];
  let most = 0;
  for (let tick = 0; tick < 50_000; tick++) {
    const every = keptEvery(tick);
    if (tick % every === 0) kept = [...kept.filter((earlier) => earlier % every === 0), tick];
    most = Math.max(most, kept.length);
  }
  expect(most).toBe(720);
  expect(kept.length).toBeGreaterThan(360);
  expect(new Set(kept.slice(1).map((tick, i) => tick - kept[i]!))).toEqual(new Set([128]));
  expect([0, 719, 720, 1439, 1440].map(keptEvery)).toEqual([1, 1, 2, 2, 4]);
});

type Stored = Parameters<ResourceSamplerOptions['store']>;

async function sampled(ranMs: number, work: () => void): Promise<Stored[]> {
  const stored: Stored[] = [];
  const store = async (...sample: Stored): Promise<void> => void stored.push(sample);
  const sampler = new ResourceSampler({ pid: process.pid, ranMs, memoryLimitMb: 512, gpuMemory: undefined, store, onTrouble: () => expect.unreachable() });
  await sampler.look();
  work();
  await sampler.look();
  await sampler.look(); // in the same interval
  return stored;
}

function compute(ms: number): void {
  const end = process.cpuUsage().user / 1000 + ms;
  while (process.cpuUsage().user / 1000 < end);
}

it("a process's processor time and memory", async () => {
  const [[sample, every], ...more] = (await sampled(0, () => compute(50))) as [Stored, ...Stored[]];
  expect(more).toEqual([]);
  expect([sample, every]).toEqual([{ tick: expect.any(Number), cpuPercent: expect.any(Number), memoryMb: expect.any(Number), memoryLimitMb: 512, gpuMemoryMb: null }, 1]);
  expect(sample.cpuPercent).toBeGreaterThan(0);
  expect(sample.cpuPercent).toBeLessThan(6_400);
  expect(sample.memoryMb).toBeGreaterThan(20);
  expect(sample.memoryMb).toBeLessThan(4_096);
});

it('an attempt goes on in the time of those before it', async () => {
  expect((await sampled(60_000, () => undefined)).map(([{ tick }, every]) => [tick, every])).toEqual([[12, 1]]);
  expect((await sampled(5_000 * 720, () => undefined)).map(([{ tick }, every]) => [tick, every])).toEqual([[720, 2]]);
  expect(await sampled(5_000 * 721, () => undefined)).toEqual([]);
});

it('memory of GPUs as nvidia-smi prints it', () => {
  expect(readComputeApps('1234, 512\n99, 2048\n1234, 8\n7, [N/A]\n')).toEqual(new Map([[1234, 520], [99, 2048]]));
  expect(readComputeApps('')).toEqual(new Map());
});

import { recordResources } from '@trainyard/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../../testing/api.js';
import { createdJob, runningJob } from '../../../../testing/attempt.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const get = (id: string, headers = {}) => api.call({ method: 'GET', url: `/v1/jobs/${id}/resources`, headers });

test('what a job took, oldest first', async () => {
  const ref = await runningJob(api);
  const use = { cpuPercent: 187.4, memoryMb: 412, memoryLimitMb: null, gpuMemoryMb: null };
  await recordResources(api.scratch.database, ref, { tick: 0, ...use }, 1);
  await recordResources(api.scratch.database, ref, { tick: 1, ...use, memoryLimitMb: 1024, gpuMemoryMb: 2048 }, 1);
  const shown = { attempt: 1, at: expect.stringMatching(/^20.*Z$/), cpu_percent: 187.4, memory_mb: 412, memory_limit_mb: null, gpu_memory_mb: null };
  expect((await get(ref.jobId)).json()).toEqual({ object: 'list', data: [shown, { ...shown, memory_limit_mb: 1024, gpu_memory_mb: 2048 }] });
});

test('a job that has not begun took nothing; of a job of somebody else nothing is told', async () => {
  const id = await createdJob(api);
  expect((await get(id)).json()).toEqual({ object: 'list', data: [] });
  expect((await get(id, await api.keyHeaders(['admin'], 'other'))).statusCode).toBe(404);
  expect((await get(id, await api.keyHeaders(['predict']))).statusCode).toBe(403);
});

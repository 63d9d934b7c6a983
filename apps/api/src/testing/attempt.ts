import { claimJob, type AttemptRef } from '@trainyard/database';
import type { TestApi } from './api.js';
import { jobBody } from './examples.js';

/** A job made through the API, and claimed as a worker does. */
export async function runningJob(api: TestApi, body: object = jobBody): Promise<AttemptRef> {
  const id = await createdJob(api, body);
  await claimJob(api.scratch.database, { job: id, attempt: 1 }, { worker: 'test', leaseMs: 60_000 });
  return { jobId: id, attempt: 1 };
}

export async function createdJob(api: TestApi, body: object = jobBody): Promise<string> {
  const response = await api.call({ method: 'POST', url: '/v1/jobs', payload: body });
  if (response.statusCode !== 202) throw new Error(response.body);
  return response.json<{ id: string }>().id;
}

/** Stores an object as a checkpoint's file, under a key as the worker's. */
export async function storedCheckpoint(api: TestApi, jobId: string, id: string, content: string): Promise<{ key: string; bytes: number; sha256: string }> {
  const key = `projects/${api.projectId}/jobs/${jobId}/checkpoints/${id}.h5`;
  const { bytes } = await api.store.put(key, Buffer.from(content));
  return { key, bytes, sha256: `sha-${id}` };
}

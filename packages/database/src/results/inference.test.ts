import { Compile, settleRetention, keepEverything, Limits, Resources, type InferenceSpec } from '@trainyard/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimJob } from '../attempts/claim-job.js';
import { endAttempt } from '../attempts/end-attempt.js';
import { CheckpointGoneError, FencedError, JobInUseError } from '../errors.js';
import { deleteJob } from '../jobs/change-job.js';
import { createInference } from '../jobs/create-inference.js';
import { findJob, listJobs } from '../jobs/find-jobs.js';
import { presentJob } from '../jobs/present-job.js';
import { objectsOfJobs } from '../orphans/named-objects.js';
import { architecture, leaseMs, runningJob } from '../testing/example-job.js';
import { createScratchDatabase, type ScratchDatabase } from '../testing/scratch-database.js';
import { addCheckpoint } from './checkpoints.js';
import { recordResult } from './inference-result.js';
import { addPredictionPart, listPredictionParts } from './prediction-parts.js';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
});
afterAll(() => scratch.drop());

const checkpointId = (job: string): string => job.replace('job', 'ckpt');

/** A trained job with a checkpoint, and a job of the kind that works from it. */
async function inference(kind: 'evaluate' | 'predict') {
  const { database } = scratch;
  const training = await runningJob(database);
  const id = checkpointId(training.jobId);
  await addCheckpoint(database, training, { id, filename: 'final.h5', epoch: 0, step: 3, kind: 'model', final: true, metrics: {}, bytes: 5, sha256: 'x', key: `k/${id}` });
  await endAttempt(database, training, { status: 'succeeded', stopReason: 'completed' });
  const spec: InferenceSpec = {
    ...{ version: 1, name: null, metadata: {}, priority: 0, architecture, compile: kind === 'evaluate' ? Compile.parse({ optimizer: 'sgd', loss: 'mse' }) : null },
    checkpoint: { job: training.jobId, id, filename: 'final.h5', key: `k/${id}`, data_key: 'k/data' },
    data: { uri: 'files/test.npz', transforms: [] },
    ...{ batch_size: 32, steps: null, resources: Resources.parse({}), limits: Limits.parse({}), retention: settleRetention({}, keepEverything), webhook: null },
  };
  const { job } = await createInference(database, { projectId: training.projectId, kind, spec, model: { class_name: 'Sequential', name: 'model', total_params: 15 } });
  return { training, spec, job, ref: { jobId: job.id, attempt: 1 } };
}

const part = (number: number) => ({ number, step: 10 * (number + 1), rows: 320, key: `parts/${number}`, arrays: [{ dtype: 'float32' as const, shape: [3], crc: number }] });

test('a job that works from a checkpoint keeps it until it has ended, and is listed by its kind', async () => {
  const { database } = scratch;
  const { training, job, ref, spec } = await inference('evaluate');
  await expect(deleteJob(database, training.projectId, training.jobId)).rejects.toThrow(JobInUseError);
  expect((await listJobs(database, { projectId: training.projectId, kinds: ['evaluate'], limit: 10, order: 'desc' })).jobs.map(({ id }) => id)).toEqual([job.id]);
  const claim = await claimJob(database, { job: job.id, attempt: 1 }, { worker: 'w1', leaseMs });
  expect(claim?.work).toEqual({ kind: 'evaluate', spec });
  await recordResult(database, ref, { kind: 'evaluate', metrics: { loss: 0.5, acc: 'NaN' } });
  await endAttempt(database, ref, { status: 'succeeded', stopReason: 'completed' });
  const found = (await findJob(database, training.projectId, job.id))!;
  expect(presentJob(found, null)).toMatchObject({ kind: 'evaluate', metrics: { loss: 0.5, acc: 'NaN' }, predictions: null, data: null, fit: null, inference: { job: training.jobId, batch_size: 32, data: spec.data } });
  expect(await deleteJob(database, training.projectId, training.jobId)).toBe(true);
  await expect(createInference(database, { projectId: training.projectId, kind: 'predict', spec, model: found.model })).rejects.toThrow(CheckpointGoneError);
});

test('parts of predictions are what the next attempt goes on from, until there is a result', async () => {
  const { database } = scratch;
  const { job, ref } = await inference('predict');
  const named = async () => [...((await objectsOfJobs(database, [job.id])).get(job.id) ?? [])].sort();
  await claimJob(database, { job: job.id, attempt: 1 }, { worker: 'w1', leaseMs });
  for (const number of [0, 1, 1]) await addPredictionPart(database, ref, part(number));
  expect(await listPredictionParts(database, job.id)).toEqual([part(0), part(1)]);
  expect(await named()).toEqual(['parts/0', 'parts/1']);
  await endAttempt(database, ref, { status: 'queued', reason: 'worker lost', fault: { code: 'worker_lost', message: 'lost', pointer: null, retryable: true } });
  const next = { jobId: job.id, attempt: 2 };
  const claim = await claimJob(database, { job: job.id, attempt: 2 }, { worker: 'w2', leaseMs });
  expect(claim?.job).toMatchObject({ snapshot: { step: 20 }, failedAttempts: 0 });
  await expect(addPredictionPart(database, ref, part(2))).rejects.toThrow(FencedError);
  await addPredictionPart(database, next, part(2));
  const result = { kind: 'predict' as const, key: 'predictions.npz', bytes: 5_000_000_000, sha256: 'x', arrays: [{ name: 'dense_1', dtype: 'float32' as const, shape: [960, 3] }] };
  expect((await recordResult(database, next, result)).sort()).toEqual(['parts/0', 'parts/1', 'parts/2']);
  expect(await recordResult(database, next, result)).toEqual([]);
  expect(await named()).toEqual(['predictions.npz']);
  expect(await listPredictionParts(database, job.id)).toEqual([]);
});

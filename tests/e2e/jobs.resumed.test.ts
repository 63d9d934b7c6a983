import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { decodeNpz, encodeNpz } from '@trainyard/ndarray';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { smallJob, uploadTwoClasses } from '../support/example-jobs.js';
import type { AppProcess } from '../support/app-process.js';
import { resultOf, type JobResult } from '../support/job-result.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

// Jobs that go on within an epoch, within a source, or from the end of another job, come to what they would have come to in one go.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let stack: Stack;
let api: JobsApi;
let worker: AppProcess;

/** Few long epochs, with all that a snapshot within one has to hold: dropout, a streamed order, metrics, a rate that falls. */
const steps = 8000; // two seconds and more, in which two snapshots are taken, on a fast machine too
const streamed = smallJob({
  fit: undefined,
  fit_generator: { batch_size: 4, epochs: 3, steps_per_epoch: steps, validation_steps: 10 },
  data: { train: { uri: 'files/two-classes.npz', x: 'x', y: 'y' }, validation: { uri: 'files/two-classes.npz', x: 'x', y: 'y' } },
  callbacks: [
    { class_name: 'ModelCheckpoint', config: { filepath: 'best.h5', monitor: 'loss', save_best_only: true } },
    { class_name: 'ReduceLROnPlateau', config: { monitor: 'loss', patience: 0, factor: 0.5, epsilon: 1 } },
    { class_name: 'CSVLogger', config: { filename: 'log.csv' } },
  ],
});
let undisturbed: JobResult;
let undisturbedLog: string;
const log = async (): Promise<string> => Buffer.from(await api.bytes('/v1/files/log.csv')).toString();

beforeAll(async () => {
  stack = await Stack.start();
  api = stack.api;
  worker = await stack.startWorker({ WORKER_SNAPSHOT_INTERVAL_S: '1', WORKER_SNAPSHOT_EPOCH_INTERVAL_S: '3600' });
  await uploadTwoClasses(api);
  const { id } = await api.submit(streamed);
  await api.until(id, 'succeeded');
  [undisturbed, undisturbedLog] = [await resultOf(api, id), await log()];
  expect(undisturbed.epoch).toEqual([0, 1, 2]);
});
afterAll(() => stack.stop());

/** The step of the job's newest snapshot, once there are two, of which the newest lies within an epoch. */
async function snapshotWithin(id: string): Promise<number> {
  return waitFor('a snapshot within an epoch', async () => {
    const { rows } = await stack.postgres.sql.query<{ step: number | null }>('SELECT snapshot_step AS step FROM jobs WHERE id = $1 AND previous_snapshot IS NOT NULL', [id]);
    const step = rows[0]?.step ?? 0;
    return step % steps === 0 ? undefined : step;
  });
}

async function rewoundSteps(id: string): Promise<number[]> {
  return (await api.events(id)).flatMap((event) => (event.type === 'rewound' ? event.data.step : []));
}

async function expectUndisturbed(id: string): Promise<void> {
  await api.until(id, 'succeeded');
  expect(await resultOf(api, id)).toEqual(undisturbed);
  expect(await log()).toBe(undisturbedLog);
  const { rows } = await stack.postgres.sql.query('SELECT step FROM metric_rows WHERE job_id = $1 ORDER BY step', [id]);
  const every = rows[0].step as number;
  expect(rows.map(({ step }) => step as number)).toEqual(Array.from({ length: Math.floor((3 * steps) / every) }, (_, i) => (i + 1) * every));
}

describe('within an epoch', () => {
  it('a job whose process is killed goes on from its last snapshot', async () => {
    const { id } = await api.submit(streamed);
    await snapshotWithin(id);
    process.kill((await worker.children())[0] as number, 'SIGKILL');
    await expectUndisturbed(id);
    const [step] = await rewoundSteps(id);
    expect(step).toBeGreaterThan(0);
    expect((await api.job(id)).attempt).toBe(2);
  });

  it('a paused job goes on at the very step', async () => {
    const { id } = await api.submit(streamed);
    await snapshotWithin(id);
    await api.act(id, 'pause');
    const { progress } = await api.until(id, 'paused');
    await api.act(id, 'resume');
    await expectUndisturbed(id);
    expect(await rewoundSteps(id)).toEqual([progress?.step]);
  });

  it('a snapshot that is gone gives way to the one before it', async () => {
    const { id } = await api.submit(streamed);
    await snapshotWithin(id);
    await api.act(id, 'pause');
    await api.until(id, 'paused');
    const { rows } = await stack.postgres.sql.query<{ key: string; step: number }>("SELECT snapshot->>'key' AS key, (previous_snapshot->>'step')::int AS step FROM jobs WHERE id = $1", [id]);
    await rm(path.join(stack.folder, rows[0]?.key ?? ''));
    await api.act(id, 'resume');
    await expectUndisturbed(id);
    expect((await rewoundSteps(id)).at(-1)).toBe(rows[0]?.step);
    const lost = await stack.postgres.sql.query<{ code: string }>("SELECT error->>'code' AS code FROM attempts WHERE job_id = $1 AND number = 2", [id]);
    expect(lost.rows).toEqual([{ code: 'snapshot_lost' }]);
  });
});

describe('a job that continues another', () => {
  const job = (epochs: number) => smallJob({ fit: { batch_size: 4, epochs, validation_split: 0.1 } });

  it('comes to what one job of as many epochs comes to', async () => {
    const whole = await api.submit(job(5));
    const begun = await api.submit(job(3));
    await api.until(begun.id, 'succeeded');
    const going = await api.act(begun.id, 'continue', { epochs: 5, name: 'more' });
    expect(going).toMatchObject({ name: 'more', continued: { job: begun.id }, fit: { initial_epoch: 3, epochs: 5 } });
    await api.until(going.id, 'succeeded');
    await api.until(whole.id, 'succeeded');
    const [expected, result] = [await resultOf(api, whole.id), await resultOf(api, going.id)];
    expect(result.epoch).toEqual([3, 4]);
    for (const [name, values] of Object.entries(expected.history)) expect(result.history[name]).toEqual(values.slice(3));
    expect(result.checkpoints.at(-1)?.weights).toEqual(expected.checkpoints.at(-1)?.weights);
    expect(result.checkpoints.at(-1)?.optimizerWeights).toEqual(expected.checkpoints.at(-1)?.optimizerWeights);
  });

  it('says what is wrong: too few epochs, a job that has not ended, one without an end to go on from', async () => {
    const { id } = await api.submit(job(2));
    expect((await api.call('POST', `/v1/jobs/${id}/continue`, { epochs: 3 })).body).toMatchObject({ status: 409, code: 'wrong_status' });
    await api.until(id, 'succeeded');
    expect((await api.call('POST', `/v1/jobs/${id}/continue`, { epochs: 2 })).body).toMatchObject({ status: 422, errors: [{ pointer: '/epochs', detail: `expected more than the 2 epochs that ${id} has come to, received 2` }] });
    expect((await api.call('POST', `/v1/jobs/${id}/continue`, {})).body).toMatchObject({ status: 422, errors: [{ pointer: '/epochs' }] });
    expect((await api.call('POST', `/v1/jobs/${id}/resume`, {})).body).toMatchObject({ status: 409, code: 'wrong_status' });
    expect((await api.call('POST', `/v1/jobs/${id}/pause`, {})).body).toMatchObject({ status: 409, code: 'wrong_status' });
  });
});

describe('a whole source', () => {
  const data = { uri: 'files/two-classes.npz' };
  /** Long enough to be disturbed: pass after pass. */
  const long = { evaluate: { data, batch_size: 4, steps: 20_000 }, predictions: { data, batch_size: 4, steps: 50_000 } };
  let training: string;
  beforeAll(async () => {
    const both = { uri: 'files/two-classes.npz', x: 'x', y: 'y' };
    ({ id: training } = await api.submit(smallJob({ data: { train: both, validation: both } })));
    await api.until(training, 'succeeded');
  });

  const ask = (kind: 'evaluate' | 'predictions', body: object) => api.act(training, kind, body);
  /** Breaks the job off once something of it is kept, and answers it when it has come to its end. */
  async function disturbed(kind: 'evaluate' | 'predictions', disturb: (id: string) => Promise<void>) {
    const { id } = await ask(kind, long[kind]);
    await waitFor('something to go on from', async () => {
      const { rows } = await stack.postgres.sql.query<{ step: number | null }>('SELECT snapshot_step AS step FROM jobs WHERE id = $1', [id]);
      return rows[0]?.step ?? undefined;
    });
    await disturb(id);
    return api.until(id, 'succeeded');
  }
  const killed = async (): Promise<void> => void process.kill((await worker.children())[0] as number, 'SIGKILL');
  const predictionsOf = (id: string) => api.bytes(`/v1/jobs/${id}/predictions/content`);

  it('is evaluated to what the validation of the training came to', async () => {
    const { history } = await api.history(training);
    const { id } = await ask('evaluate', { data, batch_size: 4 });
    const { metrics, progress } = await api.until(id, 'succeeded');
    expect(metrics).toEqual({ loss: history['val_loss']?.at(-1), acc: history['val_acc']?.at(-1) });
    expect(progress).toMatchObject({ step: 150, steps_per_epoch: 150, fraction: 1 });
  });

  it('is evaluated to the same after a kill, and after a pause', async () => {
    const { metrics } = await api.until((await ask('evaluate', long.evaluate)).id, 'succeeded');
    const afterKill = await disturbed('evaluate', killed);
    expect([afterKill.metrics, afterKill.attempt]).toEqual([metrics, 2]);
    const afterPause = await disturbed('evaluate', async (id) => {
      await api.act(id, 'pause');
      const { progress } = await api.until(id, 'paused');
      await api.act(id, 'resume');
      await api.until(id, 'running', 'succeeded');
      expect(await rewoundSteps(id)).toEqual([progress?.step]);
    });
    expect(afterPause.metrics).toEqual(metrics);
  });

  it('is predicted for to the same bytes after a kill; nothing but the archive is kept', async () => {
    const { id } = await api.until((await ask('predictions', long.predictions)).id, 'succeeded');
    const bytes = await predictionsOf(id);
    const arrays = decodeNpz(bytes);
    expect(arrays.get('dense_2')?.shape).toEqual([200_000, 1]);
    const after = await disturbed('predictions', killed);
    expect(after.attempt).toBe(2);
    expect(Buffer.compare(Buffer.from(await predictionsOf(after.id)), Buffer.from(bytes))).toBe(0);
    expect(after.predictions).toEqual({ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), arrays: [{ name: 'dense_2', dtype: 'float32', shape: [200_000, 1] }] });
    const { rows } = await stack.postgres.sql.query<{ key: string }>("SELECT result->>'key' AS key FROM jobs WHERE id = $1", [after.id]);
    expect((await readdir(path.join(stack.folder, path.dirname(rows[0]?.key ?? '')), { recursive: true })).length).toBe(1);
  });

  it('that does not fit is told with its place', async () => {
    const failed = async (kind: 'evaluate' | 'predictions', source: object) => {
      const { id } = await ask(kind, { data: source });
      await waitFor('the job to fail', async () => ((await api.job(id)).status === 'failed' ? true : undefined));
      return (await api.job(id)).error;
    };
    await api.upload('narrow.npz', encodeNpz([['x', { dtype: 'float32', shape: [3, 7], data: new Float32Array(21) }]]));
    expect(await failed('predictions', { uri: 'files/narrow.npz' })).toMatchObject({ code: 'data_invalid', pointer: '/data', message: expect.stringContaining('expected an array of shape (None, 8), received (1, 7)') });
    expect(await failed('evaluate', { uri: 'files/narrow.npz' })).toMatchObject({ code: 'data_invalid', pointer: expect.stringMatching(/^\/data/), message: expect.stringContaining('"y"') });
    expect(await failed('evaluate', { uri: 'files/nowhere.npz' })).toMatchObject({ code: 'data_not_found', pointer: '/data/uri' });
  });
});

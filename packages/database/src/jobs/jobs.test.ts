import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endAttempt } from '../attempts/end-attempt.js';
import { settleData } from '../attempts/settle-data.js';
import { ensureProject } from '../keys/projects.js';
import { listEvents } from '../results/events.js';
import { saveSnapshot } from '../results/snapshot.js';
import { architecture, newJob, queuedJob, runningJob } from '../testing/example-job.js';
import { createScratchDatabase, type ScratchDatabase } from '../testing/scratch-database.js';
import { deleteJob, requestIntent, retryJob } from './change-job.js';
import { createJob, findIdempotentJob } from './create-job.js';
import { findDueDeliveries, markDelivered } from './deliveries.js';
import { countJobs, findJob, getJobSpec, listJobs, queuePosition } from './find-jobs.js';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
});
afterAll(() => scratch.drop());

describe('creating', () => {
  test('stores a queued job, its whole spec with the order of keys, and its first event', async () => {
    const { database } = scratch;
    const job = await queuedJob(database, { name: 'a', metadata: { team: 'nlp' } });
    expect(job).toMatchObject({ status: 'queued', attempt: 0, maxAttempts: 5, name: 'a', metadata: { team: 'nlp' }, eventSeq: 1 });
    expect(job.queuedAt).toEqual(job.createdAt);
    expect(JSON.stringify((await getJobSpec(database, job.id)).architecture)).toBe(JSON.stringify(architecture));
    const events = await listEvents(database, job.id, { after: 0, limit: 10 });
    expect(events).toMatchObject([{ seq: 1, attempt: 0, type: 'status', data: { status: 'queued', previous: null } }]);
  });

  test('with one Idempotency-Key at the same time makes one job', async () => {
    const { database } = scratch;
    const job = { ...(await newJob(database)), idempotency: { key: 'k1', bodyHash: 'h1' } };
    const results = await Promise.all(Array.from({ length: 4 }, () => createJob(database, job)));
    expect(new Set(results.map((result) => result.job.id)).size).toBe(1);
    expect(results.filter(({ created }) => created)).toHaveLength(1);
  });

  test('with the key of another body is refused', async () => {
    const { database } = scratch;
    const job = await newJob(database);
    await createJob(database, { ...job, idempotency: { key: 'k2', bodyHash: 'h1' } });
    await expect(createJob(database, { ...job, idempotency: { key: 'k2', bodyHash: 'h2' } })).rejects.toThrow(/used for another body/);
  });

  test('with a key older than 24 hours makes a new job', async () => {
    const { database, sql } = scratch;
    const job = { ...(await newJob(database)), idempotency: { key: 'k3', bodyHash: 'h1' } };
    const first = await createJob(database, job);
    await sql.query("UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = 'k3'");
    expect(await findIdempotentJob(database, job.projectId, job.idempotency)).toBeUndefined();
    const second = await createJob(database, { ...job, idempotency: { key: 'k3', bodyHash: 'other' } });
    expect(second.created).toBe(true);
    expect(second.job.id).not.toBe(first.job.id);
  });
});

describe('finding', () => {
  test("another project's job is not found", async () => {
    const { database } = scratch;
    const job = await queuedJob(database);
    const other = await ensureProject(database, 'other');
    expect(await findJob(database, other.id, job.id)).toBeUndefined();
    expect(await requestIntent(database, other.id, job.id, 'cancel')).toBeUndefined();
    expect(await deleteJob(database, other.id, job.id)).toBe(false);
  });

  test('pages by id in both directions, filtered by status and metadata', async () => {
    const { database } = scratch;
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      ids.push((await queuedJob(database, { metadata: { page: 'yes', odd: String(index % 2) } })).id);
    }
    const { projectId } = await newJob(database);
    const query = { projectId, metadata: { page: 'yes' }, limit: 2 };
    const first = await listJobs(database, { ...query, order: 'desc' });
    expect(first.jobs.map(({ id }) => id)).toEqual([ids[4], ids[3]]);
    expect(first.hasMore).toBe(true);
    const second = await listJobs(database, { ...query, order: 'asc', after: ids[2] });
    expect(second.jobs.map(({ id }) => id)).toEqual([ids[3], ids[4]]);
    expect(second.hasMore).toBe(false);
    const odd = await listJobs(database, { ...query, metadata: { page: 'yes', odd: '1' }, statuses: ['queued'], order: 'asc' });
    expect(odd.jobs.map(({ id }) => id)).toEqual([ids[1], ids[3]]);
    expect((await listJobs(database, { ...query, statuses: ['failed'], order: 'asc' })).jobs).toEqual([]);
  });

  test('tells the place in the queue: higher priority first, then the older one', async () => {
    const { database, sql } = scratch;
    await sql.query('DELETE FROM jobs');
    const first = await queuedJob(database);
    const urgent = await queuedJob(database, { priority: 5 });
    const last = await queuedJob(database);
    const positions = await Promise.all([urgent, first, last].map((job) => queuePosition(database, job)));
    expect(positions).toEqual([0, 1, 2]);
    expect(await countJobs(database)).toEqual({ queued: 3 });
  });
});

describe('what the user wants', () => {
  test('of a queued job is done at once', async () => {
    const { database } = scratch;
    const job = await queuedJob(database);
    expect(await requestIntent(database, job.projectId, job.id, 'pause')).toMatchObject({ status: 'paused', intent: null });
    expect(await requestIntent(database, job.projectId, job.id, 'cancel')).toMatchObject({ status: 'cancelled' });
    expect((await findJob(database, job.projectId, job.id))?.finishedAt).toBeInstanceOf(Date);
    await expect(requestIntent(database, job.projectId, job.id, 'cancel')).rejects.toThrow('a job that is cancelled cannot be cancelled');
  });

  test('of a running job is noted, with an event; a stronger wish replaces a weaker one', async () => {
    const { database } = scratch;
    const { jobId, projectId } = await runningJob(database);
    expect(await requestIntent(database, projectId, jobId, 'stop')).toMatchObject({ status: 'running', intent: 'stop' });
    expect(await requestIntent(database, projectId, jobId, 'kill')).toMatchObject({ intent: 'kill' });
    expect(await requestIntent(database, projectId, jobId, 'cancel')).toMatchObject({ intent: 'kill' });
    const intents = (await listEvents(database, jobId, { after: 0, limit: 100, types: ['intent'] })).map(({ data }) => data);
    expect(intents).toEqual([{ intent: 'stop' }, { intent: 'kill' }]);
  });

  test('a failed job is retried with new attempts; a queued one is not', async () => {
    const { database } = scratch;
    const { projectId, ...ref } = await runningJob(database);
    await expect(retryJob(database, projectId, ref.jobId)).rejects.toThrow('a job that is running cannot be retried');
    const error = { code: 'data_invalid', message: 'x', pointer: null, retryable: false } as const;
    await endAttempt(database, ref, { status: 'failed', error });
    const job = await retryJob(database, projectId, ref.jobId);
    expect(job).toMatchObject({ status: 'queued', error: null, finishedAt: null, failedAttempts: 0, attempt: 1 });
  });

  test('a retry keeps to what the job found out about its data where it goes on from a snapshot, and only there', async () => {
    const { database } = scratch;
    const error = { code: 'data_invalid', message: 'x', pointer: null, retryable: false } as const;
    for (const trained of [false, true]) {
      const { projectId, ...ref } = await runningJob(database);
      await settleData(database, ref, 'data-1.json');
      if (trained) await saveSnapshot(database, ref, { key: 's', step: 4, epoch: 0 });
      await endAttempt(database, ref, { status: 'failed', error });
      expect((await retryJob(database, projectId, ref.jobId))?.dataKey).toBe(trained ? 'data-1.json' : null);
    }
  });

  test('only a job that has ended is deleted, with all that hangs on it', async () => {
    const { database, sql } = scratch;
    const { projectId, ...ref } = await runningJob(database);
    await expect(deleteJob(database, projectId, ref.jobId)).rejects.toThrow('cannot be deleted');
    await endAttempt(database, ref, { status: 'succeeded', stopReason: 'completed' });
    expect(await deleteJob(database, projectId, ref.jobId)).toBe(true);
    expect((await sql.query('SELECT 1 FROM events WHERE job_id = $1', [ref.jobId])).rows).toEqual([]);
  });
});

test('a queued job is due until it was delivered, and again when that is long ago', async () => {
  const { database, sql } = scratch;
  await sql.query('DELETE FROM jobs');
  const low = await queuedJob(database);
  const high = await queuedJob(database, { priority: 3 });
  const due = await findDueDeliveries(database, 60_000);
  expect(due).toEqual([
    { job: high.id, attempt: 1, priority: 3 },
    { job: low.id, attempt: 1, priority: 0 },
  ]);
  await markDelivered(database, due);
  expect(await findDueDeliveries(database, 60_000)).toEqual([]);
  await sql.query("UPDATE jobs SET delivered_at = now() - interval '2 minutes' WHERE id = $1", [low.id]);
  expect(await findDueDeliveries(database, 60_000)).toEqual([{ job: low.id, attempt: 1, priority: 0 }]);
});

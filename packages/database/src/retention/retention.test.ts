import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JobRequestInput } from '@trainyard/protocol';
import { claimJob } from '../attempts/claim-job.js';
import { endAttempt } from '../attempts/end-attempt.js';
import type { AttemptRef } from '../attempts/attempt-ref.js';
import { CheckpointGoneError, JobInUseError } from '../errors.js';
import { createJob } from '../jobs/create-job.js';
import { deleteJob, requestIntent, retryJob } from '../jobs/change-job.js';
import { findAnyJob } from '../jobs/find-jobs.js';
import { addCheckpoint, listCheckpoints, takeReplacedCheckpoints } from '../results/checkpoints.js';
import { listEvents } from '../results/events.js';
import { saveSnapshot } from '../results/snapshot.js';
import { leaseMs, newJob, runningJob } from '../testing/example-job.js';
import { createScratchDatabase, type ScratchDatabase } from '../testing/scratch-database.js';
import { deleteExpiredJob, findExpiredJobs } from './expired-jobs.js';
import { findJobsToPrune, pruneCheckpoints } from './prune-checkpoints.js';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
});
afterAll(() => scratch.drop());
beforeEach(async () => {
  await scratch.sql.query('UPDATE jobs SET prune_at = NULL, expires_at = NULL');
});

const keep = (keep_last_checkpoints: number): Partial<JobRequestInput> => ({ retention: { keep_last_checkpoints } });
const succeeded = { status: 'succeeded', stopReason: 'completed' } as const;
/** Ids are unique in the database, and sort by job and step. */
const idOf = ({ jobId }: AttemptRef, step: number): string => `ckpt_${createHash('sha256').update(jobId).digest('hex').slice(0, 8)}_${String(step).padStart(3, '0')}`;

async function addAt(ref: AttemptRef, step: number, { filename = `ep${step}.h5`, final = false, best = false } = {}): Promise<string> {
  const id = idOf(ref, step);
  const checkpoint = { id, filename, epoch: step, step, kind: 'model' as const, final, metrics: {}, bytes: 1, sha256: 'x', key: `k/${id}` };
  await addCheckpoint(scratch.database, ref, checkpoint, best ? { monitor: 'loss', value: 1, epoch: step, checkpoint: id } : undefined);
  return id;
}

const stepsOf = async ({ jobId }: AttemptRef) => (await listCheckpoints(scratch.database, jobId)).map(({ step }) => step);

/** A queued job that works from a checkpoint. */
async function userOf(ref: AttemptRef, id: string): Promise<{ id: string; projectId: string }> {
  const job = await newJob(scratch.database);
  const weights = [{ from: { job: ref.jobId, checkpoint: id, key: `k/${id}` }, by_name: false, skip_mismatch: false, into: null, optimizer_state: false }];
  return (await createJob(scratch.database, { ...job, spec: { ...job.spec, weights } })).job;
}

/** The end of a whole life: trained, ended, and gone through. */
async function prunedAfterEnd(ref: AttemptRef) {
  await endAttempt(scratch.database, ref, succeeded);
  expect(await findJobsToPrune(scratch.database, 10)).toEqual([ref.jobId]);
  return pruneCheckpoints(scratch.database, ref.jobId);
}

describe('the last checkpoints are kept', () => {
  test('and final and best besides; an event says which were not', async () => {
    const ref = await runningJob(scratch.database, keep(2));
    for (const step of [1, 2, 3, 4, 5]) await addAt(ref, step, { best: step === 2 });
    await addAt(ref, 6, { filename: 'final.h5', final: true });
    const pruned = await prunedAfterEnd(ref);
    expect(pruned?.keys.toSorted()).toEqual([1, 3].map((step) => `k/${idOf(ref, step)}`));
    expect(await stepsOf(ref)).toEqual([2, 4, 5, 6]);
    const events = await listEvents(scratch.database, ref.jobId, { after: 0, limit: 100, types: ['pruned'] });
    expect(events.map(({ data }) => data)).toEqual([{ checkpoints: [1, 3].map((step) => ({ id: idOf(ref, step), filename: `ep${step}.h5`, epoch: step, step })) }]);
    expect(await findJobsToPrune(scratch.database, 10)).toEqual([]);
  });

  test('of each filename the newest is one', async () => {
    const ref = await runningJob(scratch.database, keep(2));
    for (const [step, filename] of [[1, 'a.h5'], [2, 'b.h5'], [3, 'b.h5'], [4, 'b.h5'], [5, 'c.h5']] as const) await addAt(ref, step, { filename });
    await prunedAfterEnd(ref);
    expect(await stepsOf(ref)).toEqual([4, 5]);
  });

  test('while a job runs, only those count that a rewind leaves', async () => {
    const { database } = scratch;
    const ref = await runningJob(database, keep(1));
    for (const step of [1, 2]) await addAt(ref, step);
    for (const key of ['s1', 's2']) await saveSnapshot(database, ref, { key, step: 2, epoch: 3 });
    for (const step of [3, 4]) await addAt(ref, step);
    await pruneCheckpoints(database, ref.jobId);
    expect(await stepsOf(ref)).toEqual([2, 3, 4]);
    // The attempt is lost: what lies beyond its snapshot goes, and one is still there.
    await endAttempt(database, ref, { status: 'queued', reason: 'worker lost' });
    await claimJob(database, { job: ref.jobId, attempt: 2 }, { worker: 'w2', leaseMs });
    expect(await stepsOf(ref)).toEqual([2]);
  });

  test('the best that a rewind brings back stays', async () => {
    const { database } = scratch;
    const ref = await runningJob(database, keep(1));
    await addAt(ref, 1, { best: true });
    for (const key of ['s1', 's2']) await saveSnapshot(database, ref, { key, step: 3, epoch: 4 });
    await addAt(ref, 2);
    await addAt(ref, 3, { best: true });
    await pruneCheckpoints(database, ref.jobId);
    expect(await stepsOf(ref)).toEqual([1, 3]);
  });

  test('without a retention all are', async () => {
    const ref = await runningJob(scratch.database);
    for (const step of [1, 2, 3]) await addAt(ref, step);
    await endAttempt(scratch.database, ref, succeeded);
    expect(await findJobsToPrune(scratch.database, 10)).toEqual([]);
  });

  test('two that prune at once do it once', async () => {
    const ref = await runningJob(scratch.database, keep(1));
    for (const step of [1, 2, 3]) await addAt(ref, step);
    await endAttempt(scratch.database, ref, succeeded);
    const both = await Promise.all([1, 2].map(() => pruneCheckpoints(scratch.database, ref.jobId)));
    expect(both.flatMap((pruned) => pruned?.keys ?? []).toSorted()).toEqual([1, 2].map((step) => `k/${idOf(ref, step)}`));
  });
});

describe('what another job works from', () => {
  test('is not pruned before that job has ended', async () => {
    const { database, sql } = scratch;
    const ref = await runningJob(database, keep(1));
    for (const step of [1, 2, 3]) await addAt(ref, step);
    const user = await userOf(ref, idOf(ref, 1));
    await prunedAfterEnd(ref);
    expect(await stepsOf(ref)).toEqual([1, 3]);
    const { rows } = await sql.query('SELECT prune_at > now() AS later FROM jobs WHERE id = $1', [ref.jobId]);
    expect(rows).toEqual([{ later: true }]);
    await requestIntent(database, user.projectId, user.id, 'cancel');
    await sql.query('UPDATE jobs SET prune_at = now() WHERE id = $1', [ref.jobId]);
    expect((await pruneCheckpoints(database, ref.jobId))?.keys).toEqual([`k/${idOf(ref, 1)}`]);
  });

  test('keeps its file when it is replaced, or undone by a rewind', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const first = await addAt(ref, 1, { filename: 'best.h5' });
    await userOf(ref, first);
    await addAt(ref, 2, { filename: 'best.h5' });
    for (const key of ['s1', 's2']) await saveSnapshot(database, ref, { key, step: 2, epoch: 3 });
    expect(await takeReplacedCheckpoints(database, ref)).toEqual([]);
    expect(await stepsOf(ref)).toEqual([2]);
    await userOf(ref, await addAt(ref, 3));
    await addAt(ref, 4);
    await endAttempt(database, ref, { status: 'queued', reason: 'worker lost' });
    const claim = await claimJob(database, { job: ref.jobId, attempt: 2 }, { worker: 'w2', leaseMs });
    expect(claim?.discardedKeys).toEqual([`k/${idOf(ref, 4)}`]);
  });

  test('keeps its job, which says who needs it', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const id = await addAt(ref, 1);
    const user = await userOf(ref, id);
    await endAttempt(database, ref, succeeded);
    const { projectId } = (await findAnyJob(database, ref.jobId))!;
    const refused = await deleteJob(database, projectId, ref.jobId).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(JobInUseError);
    expect((refused as Error).message).toContain(user.id);
    await requestIntent(database, user.projectId, user.id, 'cancel');
    expect(await deleteJob(database, projectId, ref.jobId)).toBe(true);
    await expect(userOf(ref, id)).rejects.toThrow(CheckpointGoneError);
  });

  test('is also the end of a job that another one continues', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const id = await addAt(ref, 1, { final: true });
    await endAttempt(database, ref, succeeded);
    const job = await newJob(database);
    const continued = { job: ref.jobId, checkpoint: id, key: `k/${id}`, data_key: 'k/data', steps: 1, epochs: 1 };
    const next = (await createJob(database, { ...job, spec: { ...job.spec, continued } })).job;
    await expect(deleteJob(database, next.projectId, ref.jobId)).rejects.toThrow(next.id);
    const { rows } = await scratch.sql.query('SELECT key FROM object_uses WHERE job_id = $1 ORDER BY key', [next.id]);
    expect(rows).toEqual([{ key: `k/${id}` }, { key: 'k/data' }].sort((a, b) => a.key.localeCompare(b.key)));
    await requestIntent(database, next.projectId, next.id, 'cancel');
    expect(await deleteJob(database, next.projectId, ref.jobId)).toBe(true);
  });

  test('either the job is made or the checkpoint deleted, whoever comes first', async () => {
    const { database } = scratch;
    for (let round = 0; round < 15; round++) {
      const ref = await runningJob(database);
      const id = await addAt(ref, 1);
      await endAttempt(database, ref, succeeded);
      const { projectId } = (await findAnyJob(database, ref.jobId))!;
      const [made, deleted] = await Promise.allSettled([userOf(ref, id), deleteJob(database, projectId, ref.jobId)]);
      expect([made.status, deleted.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    }
  });
});

describe('a job is deleted so many days after its end', () => {
  const forDays = (delete_after_days: number): Partial<JobRequestInput> => ({ retention: { delete_after_days } });
  const timePasses = (jobId: string) => scratch.sql.query("UPDATE jobs SET expires_at = expires_at - interval '3 days' WHERE id = $1", [jobId]);

  test('not before, nor when it was retried meanwhile', async () => {
    const { database } = scratch;
    const ref = await runningJob(database, forDays(3));
    expect((await findAnyJob(database, ref.jobId))?.expiresAt).toBeNull();
    await endAttempt(database, ref, { status: 'cancelled' });
    const { expiresAt, finishedAt, projectId } = (await findAnyJob(database, ref.jobId))!;
    expect(expiresAt!.getTime() - finishedAt!.getTime()).toBe(3 * 86_400_000);
    expect(await findExpiredJobs(database, 10)).toEqual([]);
    expect(await deleteExpiredJob(database, ref.jobId)).toBe(false);
    await retryJob(database, projectId, ref.jobId);
    expect((await findAnyJob(database, ref.jobId))?.expiresAt).toBeNull();
    await requestIntent(database, projectId, ref.jobId, 'cancel');
    await timePasses(ref.jobId);
    expect(await findExpiredJobs(database, 10)).toEqual([{ id: ref.jobId, projectId }]);
    expect(await Promise.all([1, 2].map(() => deleteExpiredJob(database, ref.jobId)))).toEqual(expect.arrayContaining([true, false]));
    expect(await findAnyJob(database, ref.jobId)).toBeUndefined();
  });

  test('later, when another one works from it', async () => {
    const { database } = scratch;
    const ref = await runningJob(database, forDays(1));
    const user = await userOf(ref, await addAt(ref, 1));
    await endAttempt(database, ref, succeeded);
    await timePasses(ref.jobId);
    expect(await deleteExpiredJob(database, ref.jobId)).toBe(false);
    expect(await findExpiredJobs(database, 10)).toEqual([]);
    await requestIntent(database, user.projectId, user.id, 'cancel');
    await timePasses(ref.jobId);
    expect(await deleteExpiredJob(database, ref.jobId)).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FencedError } from '../errors.js';
import { requestIntent } from '../jobs/change-job.js';
import { findDueDeliveries } from '../jobs/deliveries.js';
import { findAnyJob } from '../jobs/find-jobs.js';
import { addCheckpoint, listCheckpoints } from '../results/checkpoints.js';
import { appendEvents, listEvents } from '../results/events.js';
import { listHistory, recordEpoch } from '../results/history.js';
import { listSteps, recordSteps } from '../results/metrics.js';
import { saveSnapshot } from '../results/snapshot.js';
import { leaseMs, queuedJob, runningJob } from '../testing/example-job.js';
import { createScratchDatabase, type ScratchDatabase } from '../testing/scratch-database.js';
import type { AttemptRef } from './attempt-ref.js';
import { claimJob } from './claim-job.js';
import { endAttempt, findLostAttempts, takeLostAttempt } from './end-attempt.js';
import { renewLease } from './renew-lease.js';
import { enterPhases } from './enter-phases.js';
import { findPlan, settlePlan, type PlanProposal } from './settle-plan.js';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
});
afterAll(() => scratch.drop());

const progress = { epoch: 1, epochs: 3, step: 10, steps_per_epoch: 10, fraction: 0.33, eta_s: 2 };
const checkpoint = (id: string, step: number, filename = `${id}.h5`) => ({
  ...{ id, filename, epoch: 0, step, kind: 'model' as const, final: false, metrics: { loss: NaN }, bytes: 5_000_000_000, sha256: 'x' },
  key: `k/${id}`,
});
const proposal = (plan: PlanProposal['chosen']['plan'], fingerprint = 'sha256:0'): PlanProposal => ({
  chosen: { plan, fingerprint, machine: 'a machine', batch_size: 32, steps: 100, basis: 'size', trials: [] },
  ...{ metricsEvery: 4, historyParams: { epochs: 3 } },
});
const expireLease = (jobId: string) => scratch.sql.query("UPDATE jobs SET lease_expires_at = now() - interval '1 s' WHERE id = $1", [jobId]);
const statusOf = async (jobId: string) => (await findAnyJob(scratch.database, jobId))?.status;

describe('claiming', () => {
  test('gives a job to one of many workers', async () => {
    const { database } = scratch;
    const job = await queuedJob(database);
    const claims = await Promise.all(
      Array.from({ length: 5 }, (_, index) => claimJob(database, { job: job.id, attempt: 1 }, { worker: `w${index}`, leaseMs })),
    );
    const won = claims.filter((claim) => claim !== undefined);
    expect(won).toHaveLength(1);
    expect(won[0]?.job).toMatchObject({ status: 'running', attempt: 1, phase: 'starting' });
    expect(won[0]?.work).toMatchObject({ kind: 'train', spec: { architecture: { class_name: 'Sequential' } } });
  });

  test('takes nothing on a delivery that is out of date', async () => {
    const { database } = scratch;
    const job = await queuedJob(database);
    expect(await claimJob(database, { job: job.id, attempt: 2 }, { worker: 'w', leaseMs })).toBeUndefined();
    expect(await claimJob(database, { job: 'job_gone', attempt: 1 }, { worker: 'w', leaseMs })).toBeUndefined();
  });

  test('goes back to the snapshot: what lies beyond it is gone, what it knew is back', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const best = { monitor: 'loss', value: 0.5, epoch: 0, checkpoint: null };
    await recordSteps(database, ref, [5, 10].map((step) => ({ step, epoch: 0, metrics: { loss: 1 } })));
    await recordEpoch(database, ref, { epoch: 0, step: 10, metrics: { loss: 0.5 }, progress, best });
    await addCheckpoint(database, ref, checkpoint('ckpt_A', 10));
    await saveSnapshot(database, ref, { key: 'snap/1', step: 10, epoch: 1 });
    await recordSteps(database, ref, [{ step: 15, epoch: 1, metrics: { loss: 0.4 } }]);
    await recordEpoch(database, ref, { epoch: 1, step: 20, metrics: { loss: 0.3 }, progress, best: { ...best, value: 0.3, epoch: 1 } });
    await addCheckpoint(database, ref, checkpoint('ckpt_B', 20));
    await expireLease(ref.jobId);
    expect(await takeLostAttempt(database, ref)).toBe('queued');

    const claim = await claimJob(database, { job: ref.jobId, attempt: 2 }, { worker: 'w2', leaseMs });
    expect(claim?.discardedKeys).toEqual(['k/ckpt_B']);
    expect(claim?.job).toMatchObject({ best, latestMetrics: { loss: 0.5 }, snapshot: { key: 'snap/1', step: 10, epoch: 1 } });
    expect((await listHistory(database, ref.jobId)).map(({ epoch }) => epoch)).toEqual([0]);
    expect((await listSteps(database, ref.jobId, { after: -1, limit: 100 })).map(({ step }) => step)).toEqual([5, 10]);
    expect((await listCheckpoints(database, ref.jobId)).map(({ id }) => id)).toEqual(['ckpt_A']);
    const events = await listEvents(database, ref.jobId, { after: 0, limit: 100 });
    expect(events.at(-1)).toMatchObject({ type: 'rewound', attempt: 2, data: { step: 10, epoch: 1 } });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });
});

describe('an attempt that does not hold its job any more', () => {
  const writes: Record<string, (ref: AttemptRef) => Promise<unknown>> = {
    renewLease: (ref) => renewLease(scratch.database, ref, { leaseMs }),
    enterPhases: (ref) => enterPhases(scratch.database, ref, ['training']),
    settlePlan: (ref) => settlePlan(scratch.database, ref, proposal({})),
    appendEvents: (ref) => appendEvents(scratch.database, ref, [{ type: 'log', data: { level: 'info', message: 'x' } }]),
    recordEpoch: (ref) => recordEpoch(scratch.database, ref, { epoch: 0, step: 1, metrics: {}, progress }),
    recordSteps: (ref) => recordSteps(scratch.database, ref, [{ step: 1, epoch: 0, metrics: {} }]),
    addCheckpoint: (ref) => addCheckpoint(scratch.database, ref, checkpoint('ckpt_F', 1)),
    saveSnapshot: (ref) => saveSnapshot(scratch.database, ref, { key: 'k', step: 1, epoch: 0 }),
    endAttempt: (ref) => endAttempt(scratch.database, ref, { status: 'succeeded', stopReason: 'completed' }),
  };

  test.each(Object.keys(writes))('%s is refused once a newer attempt runs', async (name) => {
    const { database } = scratch;
    const old = await runningJob(database);
    await endAttempt(database, old, { status: 'queued', reason: 'drained' });
    await claimJob(database, { job: old.jobId, attempt: 2 }, { worker: 'w2', leaseMs });
    const before = await findAnyJob(database, old.jobId);
    await expect(writes[name]!(old)).rejects.toBeInstanceOf(FencedError);
    expect(await findAnyJob(database, old.jobId)).toEqual(before);
    expect(await listCheckpoints(database, old.jobId)).toEqual([]);
  });

  test.each(Object.keys(writes))('%s is refused once the job has ended', async (name) => {
    const old = await runningJob(scratch.database);
    await endAttempt(scratch.database, old, { status: 'cancelled' });
    await expect(writes[name]!(old)).rejects.toBeInstanceOf(FencedError);
  });

  test('a claim waits for a write that is under way', async () => {
    const { database, sql } = scratch;
    const ref = await runningJob(database);
    await sql.query('BEGIN');
    await sql.query("SELECT 1 FROM jobs WHERE id = $1 AND attempt = 1 AND status = 'running' FOR SHARE", [ref.jobId]);
    let ended = false;
    const ending = endAttempt(database, ref, { status: 'queued', reason: 'drained' }).then(() => (ended = true));
    await recordSteps(database, ref, [{ step: 1, epoch: 0, metrics: {} }]); // shares the lock
    expect(ended).toBe(false);
    await sql.query('COMMIT');
    await ending;
    expect(ended).toBe(true);
  });
});

describe('the lease', () => {
  test('is renewed with progress, and answers what the user wants', async () => {
    const { database } = scratch;
    const { projectId, ...ref } = await runningJob(database);
    expect(await renewLease(database, ref, { leaseMs, progress, latestMetrics: { loss: Infinity } })).toBeNull();
    await requestIntent(database, projectId, ref.jobId, 'stop');
    expect(await renewLease(database, ref, { leaseMs })).toBe('stop');
    expect(await findAnyJob(database, ref.jobId)).toMatchObject({ progress, latestMetrics: { loss: 'Infinity' } });
  });

  test('that has expired lets the job be taken, unless it is renewed first', async () => {
    const { database } = scratch;
    const ref = await runningJob(database);
    const lost = { jobId: ref.jobId, attempt: 1 };
    expect(await findLostAttempts(database)).not.toContainEqual(lost);
    await expireLease(ref.jobId);
    expect(await findLostAttempts(database)).toContainEqual(lost);
    await renewLease(database, ref, { leaseMs });
    expect(await takeLostAttempt(database, ref)).toBeUndefined();
    await expireLease(ref.jobId);
    const taken = await Promise.all([takeLostAttempt(database, ref), takeLostAttempt(database, ref)]);
    expect(taken.sort()).toEqual(['queued', undefined]);
    expect(await findDueDeliveries(database, 60_000)).toContainEqual({ job: ref.jobId, attempt: 2, priority: 0 });
  });
});

describe('ending', () => {
  test('with success keeps why, when and for how long', async () => {
    const { database, sql } = scratch;
    const ref = await runningJob(database);
    await sql.query("UPDATE attempts SET started_at = now() - interval '90 s' WHERE job_id = $1", [ref.jobId]);
    expect(await endAttempt(database, ref, { status: 'succeeded', stopReason: 'early_stopping' })).toBe('succeeded');
    const job = await findAnyJob(database, ref.jobId);
    expect(job).toMatchObject({ status: 'succeeded', stopReason: 'early_stopping', phase: null, leaseExpiresAt: null, worker: null });
    expect(job?.ranMs).toBeGreaterThanOrEqual(90_000);
    const { rows } = await sql.query('SELECT outcome, ended_at FROM attempts WHERE job_id = $1', [ref.jobId]);
    expect(rows).toMatchObject([{ outcome: 'succeeded', ended_at: expect.any(Date) }]);
  });

  const fault = { code: 'worker_lost', message: 'gone', pointer: null, retryable: true } as const;

  test('through faults of machines fails the job when no attempt is left', async () => {
    const { database } = scratch;
    const ref = await runningJob(database, { limits: { max_attempts: 2 } });
    expect(await endAttempt(database, ref, { status: 'queued', reason: 'fault', fault })).toBe('queued');
    await claimJob(database, { job: ref.jobId, attempt: 2 }, { worker: 'w', leaseMs });
    expect(await endAttempt(database, { ...ref, attempt: 2 }, { status: 'queued', reason: 'fault', fault })).toBe('failed');
    expect((await findAnyJob(database, ref.jobId))?.error).toMatchObject({ code: 'attempts_exhausted', message: expect.stringContaining('gone') });
  });

  test('attempts that stored a snapshot, and drains, do not count', async () => {
    const { database } = scratch;
    const ref = await runningJob(database, { limits: { max_attempts: 1 } });
    await saveSnapshot(database, ref, { key: 's', step: 1, epoch: 0 });
    expect(await endAttempt(database, ref, { status: 'queued', reason: 'fault', fault })).toBe('queued');
    await claimJob(database, { job: ref.jobId, attempt: 2 }, { worker: 'w', leaseMs });
    expect(await endAttempt(database, { ...ref, attempt: 2 }, { status: 'queued', reason: 'drained' })).toBe('queued');
    expect((await findAnyJob(database, ref.jobId))?.failedAttempts).toBe(0);
  });

  test.each([
    ['cancel', 'cancelled', null],
    ['pause', 'paused', null],
    ['stop', 'queued', 'stop'],
  ] as const)('a lost attempt of a job that the user wants to %s leaves it %s', async (intent, status, left) => {
    const { database } = scratch;
    const { projectId, ...ref } = await runningJob(database);
    await requestIntent(database, projectId, ref.jobId, intent);
    await expireLease(ref.jobId);
    expect(await takeLostAttempt(database, ref)).toBe(status);
    expect(await statusOf(ref.jobId)).toBe(status);
    expect((await findAnyJob(database, ref.jobId))?.intent).toBe(left);
  });
});

test('the first plan stays, and only it is told', async () => {
  const { database } = scratch;
  const { projectId, ...ref } = await runningJob(database);
  const first = proposal({ steps_per_run: 4 });
  const settled = { plan: { steps_per_run: 4 }, metricsEvery: 4 };
  expect(await settlePlan(database, ref, first)).toEqual(settled);
  expect(await settlePlan(database, ref, { ...proposal({ steps_per_run: 9 }), metricsEvery: 1, historyParams: {} })).toEqual(settled);
  const events = await listEvents(database, ref.jobId, { after: 0, limit: 10, types: ['plan'] });
  expect(events.map(({ data }) => data)).toEqual([first.chosen]);
  expect(await findAnyJob(database, ref.jobId)).toMatchObject({ ...settled, historyParams: { epochs: 3 }, projectId });
});

test('a plan is remembered by its fingerprint, within its project', async () => {
  const { database } = scratch;
  const plan = { steps_per_run: 2 };
  const { projectId, ...ref } = await runningJob(database);
  const fingerprint = `sha256:${ref.jobId}`;
  expect(await findPlan(database, projectId, fingerprint)).toBeUndefined();
  await settlePlan(database, ref, proposal(plan, fingerprint));
  expect(await findPlan(database, projectId, fingerprint)).toEqual(plan);
  expect(await findPlan(database, 'proj_other', fingerprint)).toBeUndefined();
});

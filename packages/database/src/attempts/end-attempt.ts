import type { EventData, Intent, JobError, JobStatus, StopReason } from '@trainyard/protocol';
import type { Database, Transaction } from '../database.js';
import { FencedError } from '../errors.js';
import { nullableJson } from '../json-input.js';
import { lockJob, transition, type LockedJob } from '../jobs/transition.js';
import type { AttemptRef } from './attempt-ref.js';

/** How an attempt ends. */
export type AttemptEnd =
  | { readonly status: 'succeeded'; readonly stopReason: StopReason }
  /** Another attempt would meet the same. */
  | { readonly status: 'failed'; readonly error: JobError }
  | { readonly status: 'cancelled' }
  | { readonly status: 'paused' }
  /** Another attempt goes on. `fault`: what the machine met, which counts when no snapshot was stored; a drain has none. */
  | { readonly status: 'queued'; readonly reason: string; readonly fault?: JobError };

/**
 * Ends an attempt that holds its job.
 *
 * @returns the job's new status: a job to be queued again is cancelled or paused when the user asked for that, and fails
 * when no attempt is left.
 * @throws FencedError
 */
export async function endAttempt(database: Database, ref: AttemptRef, end: AttemptEnd): Promise<JobStatus> {
  return database.transaction(async (transaction) => {
    const job = await lockJob(transaction, ref.jobId);
    if (job?.status !== 'running' || job.attempt !== ref.attempt) throw new FencedError(ref.jobId, ref.attempt);
    return end.status === 'queued' ? requeue(transaction, job, end) : finish(transaction, job, end);
  });
}

/** An attempt whose lease has expired. */
export async function findLostAttempts(database: Database): Promise<AttemptRef[]> {
  return database.run((client) =>
    client.$queryRaw<AttemptRef[]>`
      SELECT id AS "jobId", attempt FROM jobs WHERE status = 'running' AND lease_expires_at < now() ORDER BY lease_expires_at`,
  );
}

/**
 * Takes a job from an attempt whose lease has expired.
 *
 * @returns the job's new status; undefined when the attempt has renewed its lease or ended after all.
 */
export async function takeLostAttempt(database: Database, ref: AttemptRef): Promise<JobStatus | undefined> {
  return database.transaction(async (transaction) => {
    const job = await lockJob(transaction, ref.jobId);
    if (job?.status !== 'running' || job.attempt !== ref.attempt || !job.leaseExpired) return undefined;
    const message = `the worker of attempt ${ref.attempt} stopped renewing its lease`;
    return requeue(transaction, job, {
      status: 'queued',
      reason: 'worker lost',
      fault: { code: 'worker_lost', message, pointer: null, retryable: true },
    });
  });
}

async function requeue(transaction: Transaction, job: LockedJob, end: AttemptEnd & { status: 'queued' }): Promise<JobStatus> {
  const intent = job.intent as Intent | null;
  if (intent === 'cancel' || intent === 'kill') return finish(transaction, job, { status: 'cancelled' }, end.fault);
  if (intent === 'pause') return finish(transaction, job, { status: 'paused' }, end.fault);
  if (end.fault === undefined || !(await countFault(transaction, job))) {
    await closeAttempt(transaction, job, 'queued', end.fault);
    await transition(transaction, job, 'queued', { reason: end.reason });
    return 'queued';
  }
  const message = `no attempt is left; the last one: ${end.fault.message}`;
  const error: JobError = { code: 'attempts_exhausted', message, pointer: null, retryable: true };
  return finish(transaction, job, { status: 'failed', error }, end.fault);
}

/** Counts an attempt that ended through a machine's fault, and answers whether it was the last one allowed. */
async function countFault(transaction: Transaction, job: LockedJob): Promise<boolean> {
  const [counts] = await transaction.$queryRaw<{ exhausted: boolean }[]>`
    UPDATE jobs SET failed_attempts = failed_attempts +
      (SELECT (snapshots = 0)::int FROM attempts WHERE job_id = ${job.id} AND number = ${job.attempt})
    WHERE id = ${job.id} RETURNING failed_attempts >= max_attempts AS exhausted`;
  return counts?.exhausted ?? false;
}

async function finish(
  transaction: Transaction,
  job: LockedJob,
  end: Exclude<AttemptEnd, { status: 'queued' }>,
  fault?: JobError,
): Promise<JobStatus> {
  const error = end.status === 'failed' ? end.error : undefined;
  await closeAttempt(transaction, job, end.status, fault ?? error);
  await transition(transaction, job, end.status, statusDetails(end));
  return end.status;
}

function statusDetails(end: Exclude<AttemptEnd, { status: 'queued' }>): Omit<EventData<'status'>, 'status' | 'previous'> {
  switch (end.status) {
    case 'succeeded':
      return { stop_reason: end.stopReason };
    case 'failed':
      return { error: end.error };
    case 'cancelled':
    case 'paused':
      return {};
  }
}

async function closeAttempt(transaction: Transaction, job: LockedJob, outcome: JobStatus, error?: JobError): Promise<void> {
  await transaction.$executeRaw`
    UPDATE jobs SET ran_ms = ran_ms + (SELECT extract(epoch FROM now() - started_at) * 1000 FROM attempts
      WHERE job_id = ${job.id} AND number = ${job.attempt})::bigint WHERE id = ${job.id}`;
  await transaction.$executeRaw`UPDATE attempts SET ended_at = now() WHERE job_id = ${job.id} AND number = ${job.attempt}`;
  await transaction.attempt.update({
    where: { jobId_number: { jobId: job.id, number: job.attempt } },
    data: { outcome, error: nullableJson(error) },
    select: { number: true },
  });
}

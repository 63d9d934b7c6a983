import { isTerminal, type Intent } from '@trainyard/protocol';
import type { Database, Transaction } from '../database.js';
import { WrongStatusError } from '../errors.js';
import { appendEventsUnfenced } from '../results/events.js';
import { toJobRecord, withoutArchitecture, type JobRecord } from './job-record.js';
import { lockJob, transition, type LockedJob } from './transition.js';

const done: Record<Intent, string> = { cancel: 'cancelled', kill: 'cancelled', stop: 'stopped', pause: 'paused' };
/** A later wish replaces a weaker one. */
const strength: Record<Intent, number> = { pause: 0, stop: 1, cancel: 2, kill: 3 };

/**
 * What the user wants of a job. While no attempt runs it is done at once; a running attempt is told, and obeys in its own
 * time.
 *
 * @returns the job, or undefined when the project has no such job.
 * @throws WrongStatusError
 */
export async function requestIntent(database: Database, projectId: string, jobId: string, intent: Intent): Promise<JobRecord | undefined> {
  return changeJob(database, projectId, jobId, async (transaction, job) => {
    if (job.status === 'running') return tellAttempt(transaction, job, intent);
    const cancel = intent === 'cancel' || intent === 'kill';
    if (cancel && !isTerminal(job.status)) return transition(transaction, job, 'cancelled');
    if (intent === 'pause' && job.status === 'queued') return transition(transaction, job, 'paused');
    if (intent === 'stop' && job.status === 'paused') return transition(transaction, job, 'succeeded', { stop_reason: 'user_stop' });
    throw new WrongStatusError(job.id, job.status, done[intent]);
  });
}

async function tellAttempt(transaction: Transaction, job: LockedJob, intent: Intent): Promise<void> {
  if (job.intent !== null && strength[job.intent as Intent] >= strength[intent]) return;
  await transaction.job.update({ where: { id: job.id }, data: { intent }, select: { id: true } });
  await appendEventsUnfenced(transaction, job.id, job.attempt, [{ type: 'intent', data: { intent } }]);
}

/**
 * Queues a failed or cancelled job again, with new attempts, from its last snapshot.
 *
 * @throws WrongStatusError
 */
export async function retryJob(database: Database, projectId: string, jobId: string): Promise<JobRecord | undefined> {
  return changeJob(database, projectId, jobId, async (transaction, job) => {
    if (job.status !== 'failed' && job.status !== 'cancelled') throw new WrongStatusError(job.id, job.status, 'retried');
    await transaction.job.update({ where: { id: job.id }, data: { failedAttempts: 0 }, select: { id: true } });
    await transition(transaction, job, 'queued', { reason: 'retried' });
  });
}

/**
 * Queues a paused job again: it goes on where it was paused.
 *
 * @throws WrongStatusError
 */
export async function resumeJob(database: Database, projectId: string, jobId: string): Promise<JobRecord | undefined> {
  return changeJob(database, projectId, jobId, async (transaction, job) => {
    if (job.status !== 'paused') throw new WrongStatusError(job.id, job.status, 'resumed');
    await transition(transaction, job, 'queued', { reason: 'resumed' });
  });
}

/**
 * Deletes the row of a job that has ended, and all that hangs on it. Its objects are the caller's to delete, afterwards:
 * what remains of them is nobody's, and swept.
 *
 * @returns whether the project had such a job.
 * @throws WrongStatusError
 */
export async function deleteJob(database: Database, projectId: string, jobId: string): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const job = await lockJob(transaction, jobId);
    if (job?.projectId !== projectId) return false;
    if (!isTerminal(job.status)) throw new WrongStatusError(job.id, job.status, 'deleted');
    await transaction.job.delete({ where: { id: jobId }, select: { id: true } });
    return true;
  });
}

async function changeJob(
  database: Database,
  projectId: string,
  jobId: string,
  change: (transaction: Transaction, job: LockedJob) => Promise<void>,
): Promise<JobRecord | undefined> {
  return database.transaction(async (transaction) => {
    const job = await lockJob(transaction, jobId);
    if (job?.projectId !== projectId) return undefined;
    await change(transaction, job);
    return toJobRecord(await transaction.job.findUniqueOrThrow({ where: { id: jobId }, omit: withoutArchitecture }));
  });
}

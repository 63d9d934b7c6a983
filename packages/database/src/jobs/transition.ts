import { canTransition, isTerminal, type EventData, type JobStatus } from '@trainyard/protocol';
import type { Transaction } from '../database.js';
import { Prisma } from '../generated/client.js';
import { jsonSql } from '../json-input.js';
import { appendEventsUnfenced } from '../results/events.js';
import { notifyWebhookOf } from '../webhooks/notify-webhook.js';

export interface LockedJob {
  readonly id: string;
  readonly projectId: string;
  readonly status: JobStatus;
  readonly intent: string | null;
  readonly attempt: number;
  readonly leaseExpired: boolean;
}

/**
 * Locks a job's row for a change of its status, so that nobody else changes it before this transaction ends.
 *
 * @param options.toDelete nobody makes rows that refer to it, either.
 */
export async function lockJob(transaction: Transaction, jobId: string, { toDelete = false }: { toDelete?: boolean } = {}): Promise<LockedJob | undefined> {
  const [row] = await transaction.$queryRaw<LockedJob[]>(Prisma.sql`
    SELECT id, project_id AS "projectId", status::text AS status, intent, attempt,
           coalesce(lease_expires_at < now(), true) AS "leaseExpired"
    FROM jobs WHERE id = ${jobId} ${toDelete ? Prisma.sql`FOR UPDATE` : Prisma.sql`FOR NO KEY UPDATE`}`);
  return row;
}

/** What a job's retention makes of its end: when it is to be deleted, and that there may be checkpoints to prune. */
const agedByRetention = Prisma.sql`
  expires_at = now() + (spec->'retention'->>'delete_after_days')::int * interval '1 day',
  prune_at = CASE WHEN spec->'retention'->>'keep_last_checkpoints' IS NULL THEN prune_at ELSE now() END,`;

/**
 * Moves a locked job to another status, and says so in an event and to its webhook, so this comes last of what changes the job. What a status implies is set here and nowhere else: a
 * job that is not running has no phase, lease or worker, one that ended has `finished_at` and its retention's `expires_at`, one
 * that waits has `queued_at`.
 *
 * @throws Error when the table of transitions has no such transition: a fault of the caller.
 */
export async function transition(
  transaction: Transaction,
  job: LockedJob,
  to: JobStatus,
  details: Omit<EventData<'status'>, 'status' | 'previous'> = {},
): Promise<void> {
  if (!canTransition(job.status, to)) throw new Error(`${job.id}: no transition leads from ${job.status} to ${to}`);
  const { stop_reason: stopReason = null, error = null } = details;
  const ended = isTerminal(to) ? Prisma.sql`now()` : Prisma.sql`NULL`;
  const [row] = await transaction.$queryRaw<{ hasWebhook: boolean }[]>(Prisma.sql`
    UPDATE jobs SET
      status = ${to}::job_status, phase = NULL, worker = NULL, lease_expires_at = NULL,
      intent = ${to === 'queued' ? Prisma.sql`CASE WHEN intent = 'stop' THEN intent END` : Prisma.sql`NULL`},
      ${isTerminal(to) ? agedByRetention : Prisma.sql`expires_at = NULL,`}
      stop_reason = ${stopReason}, error = ${jsonSql(error)}, finished_at = ${ended},
      queued_at = ${to === 'queued' ? Prisma.sql`now()` : Prisma.sql`queued_at`},
      delivered_attempt = ${to === 'queued' ? Prisma.sql`0` : Prisma.sql`delivered_attempt`}
    WHERE id = ${job.id} RETURNING spec->>'webhook' IS NOT NULL AS "hasWebhook"`);
  await appendEventsUnfenced(transaction, job.id, job.attempt, [
    { type: 'status', data: { status: to, previous: job.status, ...details } },
  ]);
  await notifyWebhookOf(transaction, job.id, row ?? { hasWebhook: false });
}

import type { Delivery, InferenceSpec, JobSpec, ScanSpec } from '@trainyard/protocol';
import type { Database, Transaction } from '../database.js';
import { Prisma } from '../generated/client.js';
import { jsonSql } from '../json-input.js';
import { deleteCheckpointRows } from '../jobs/object-uses.js';
import { toJobRecord, type JobRecord, type SnapshotPointer } from '../jobs/job-record.js';
import { appendEventsUnfenced } from '../results/events.js';
import { rewindExtremes } from '../results/step-extremes.js';
import { notifyWebhook } from '../webhooks/notify-webhook.js';

/** What an attempt does. */
export type Work =
  | { readonly kind: 'train'; readonly spec: JobSpec }
  | { readonly kind: 'evaluate'; readonly spec: InferenceSpec }
  | { readonly kind: 'predict'; readonly spec: InferenceSpec }
  | { readonly kind: 'scan'; readonly spec: ScanSpec };

export interface Claim {
  readonly job: JobRecord;
  readonly work: Work;
  /** Objects of checkpoints that lay beyond the snapshot and count no more, but for those that other jobs work from. */
  readonly discardedKeys: readonly string[];
}

/**
 * Takes a queued job for the attempt that a delivery names: compare-and-set, so of any number of workers one gets it.
 * What an earlier attempt wrote beyond the snapshot that this one goes on from is deleted, and an event `rewound` says
 * so.
 *
 * @returns undefined when the delivery is out of date: the job is gone, not queued, or already had this attempt.
 */
export async function claimJob(
  database: Database,
  { job: jobId, attempt }: Delivery,
  { worker, leaseMs }: { worker: string; leaseMs: number },
): Promise<Claim | undefined> {
  return database.transaction(async (transaction) => {
    const claimed = await transaction.$queryRaw<{ snapshot: SnapshotPointer | null }[]>`
      UPDATE jobs SET status = 'running', attempt = ${attempt}, worker = ${worker}, phase = 'starting',
        lease_expires_at = now() + ${leaseMs} * interval '1 millisecond',
        started_at = coalesce(started_at, now()), error = NULL, stop_reason = NULL, finished_at = NULL
      WHERE id = ${jobId} AND status = 'queued' AND attempt = ${attempt - 1}
      RETURNING snapshot`;
    const [row] = claimed;
    if (row === undefined) return undefined;
    await transaction.$executeRaw`INSERT INTO attempts (job_id, number, worker) VALUES (${jobId}, ${attempt}, ${worker})`;
    // Before the first attempt there is nothing to go back from.
    const { discardedKeys, deleted } = attempt === 1 ? { discardedKeys: [], deleted: 0 } : await rewind(transaction, jobId, row.snapshot);
    await appendEventsUnfenced(transaction, jobId, attempt, [
      { type: 'status', data: { status: 'running', previous: 'queued' } },
      ...(deleted > 0 || row.snapshot !== null
        ? [{ type: 'rewound' as const, data: { step: row.snapshot?.step ?? 0, epoch: row.snapshot?.epoch ?? 0 } }]
        : []),
    ]);
    const { architecture, ...job } = await transaction.job.findUniqueOrThrow({ where: { id: jobId } });
    const record = toJobRecord(job);
    await notifyWebhook(transaction, record);
    return { job: record, work: workOf(record, architecture as JobSpec['architecture']), discardedKeys };
  });
}

function workOf(record: JobRecord, architecture: JobSpec['architecture']): Work {
  switch (record.kind) {
    case 'train':
      return { kind: record.kind, spec: { ...record.spec, architecture } };
    case 'evaluate':
    case 'predict':
      return { kind: record.kind, spec: { ...record.spec, architecture } };
    case 'scan':
      return { kind: record.kind, spec: record.spec };
  }
}

/**
 * Deletes what lies beyond the snapshot, or everything when there is none. Steps alone do not tell: a snapshot that was taken
 * before an epoch's validation is of the step at which the epoch then ended.
 */
async function rewind(transaction: Transaction, jobId: string, snapshot: SnapshotPointer | null) {
  const { step, epoch } = snapshot ?? { step: -1, epoch: -1 };
  const checkpoints = await deleteCheckpointRows(transaction, Prisma.sql`job_id = ${jobId} AND (step > ${step} OR epoch >= ${epoch})`);
  const rows = [
    await transaction.historyRow.deleteMany({ where: { jobId, OR: [{ step: { gt: step } }, { epoch: { gte: epoch } }] } }),
    await transaction.metricRow.deleteMany({ where: { jobId, step: { gt: step } } }),
  ];
  await rewindExtremes(transaction, jobId, step);
  await transaction.$executeRaw(Prisma.sql`
    UPDATE jobs SET best = ${jsonSql(snapshot?.best)}, latest_metrics = ${jsonSql(snapshot?.latestMetrics ?? {})} WHERE id = ${jobId}`);
  return { discardedKeys: checkpoints.keys, deleted: rows.reduce((sum, { count }) => sum + count, checkpoints.deleted) };
}

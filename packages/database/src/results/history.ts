import { encodeMetrics, type Best, type Metrics, type Progress } from '@trainyard/protocol';
import { holdAttemptToChange, ofAttempt, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database } from '../database.js';
import { Prisma } from '../generated/client.js';
import { jsonSql } from '../json-input.js';
import { eventsSql } from './events.js';

export interface EpochEnd {
  readonly epoch: number;
  /** Batches trained when it ended, over the whole job. */
  readonly step: number;
  /** The epoch's logs, in Keras's order. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly progress: Progress;
  /** The best epoch so far by the monitor in question; left out: unchanged. */
  readonly best?: Best | undefined;
}

/**
 * Stores an epoch's row of the History, its event, and the job's progress, in one transaction. Calling it again for the
 * same epoch changes nothing, so a call whose answer was lost can be repeated.
 *
 * @throws FencedError
 */
export async function recordEpoch(database: Database, ref: AttemptRef, end: EpochEnd): Promise<void> {
  const { epoch, step, progress, best } = end;
  const metrics = encodeMetrics(end.metrics);
  const { jobId, attempt } = ref;
  await database.transaction(async (transaction) => {
    await holdAttemptToChange(transaction, ref);
    const stored = await transaction.$executeRaw`
      INSERT INTO history_rows (job_id, epoch, attempt, step, metrics)
      VALUES (${jobId}, ${epoch}, ${attempt}, ${step}, ${jsonSql(metrics)}) ON CONFLICT DO NOTHING`;
    if (stored === 0) return;
    const change = Prisma.sql`progress = ${jsonSql(progress)}, latest_metrics = ${jsonSql(metrics)}, ${best === undefined ? Prisma.empty : Prisma.sql`best = ${jsonSql(best)},`}`;
    await transaction.$executeRaw(eventsSql(ref, [{ type: 'metrics', data: { epoch, step, metrics } }], { change, where: ofAttempt(ref) }));
  });
}

export interface HistoryRecord {
  readonly epoch: number;
  readonly step: number;
  readonly metrics: Metrics;
}

/** The History of a job, epoch by epoch. */
export async function listHistory(database: Database, jobId: string): Promise<HistoryRecord[]> {
  const rows = await database.run((client) =>
    client.historyRow.findMany({ where: { jobId }, orderBy: { epoch: 'asc' }, select: { epoch: true, step: true, metrics: true } }),
  );
  return rows.map((row) => ({ ...row, metrics: row.metrics as unknown as Metrics }));
}

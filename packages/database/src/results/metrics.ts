import { encodeMetrics, type Metrics } from '@trainyard/protocol';
import { ofAttempt, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database } from '../database.js';
import { FencedError } from '../errors.js';
import { Prisma } from '../generated/client.js';
import { addToExtremes } from './step-extremes.js';

export interface StepRecord {
  /** Batches trained so far, over the whole job: the first is 1. */
  readonly step: number;
  readonly epoch: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Stores metrics of single steps. Steps that are stored already stay as they are, so a call can be repeated.
 *
 * @throws FencedError
 */
export async function recordSteps(database: Database, ref: AttemptRef, steps: readonly StepRecord[]): Promise<void> {
  if (steps.length === 0) return;
  const metrics = steps.map((row) => JSON.stringify(encodeMetrics(row.metrics)));
  // The lock is shared: writes of one attempt do not wait for each other.
  const held = await database.run((client) =>
    client.$queryRaw<unknown[]>`
      WITH held AS (SELECT id, attempt FROM jobs WHERE ${ofAttempt(ref)} FOR SHARE),
      stored AS (
        INSERT INTO metric_rows (job_id, step, attempt, epoch, metrics)
        SELECT held.id, row.step, held.attempt, row.epoch, row.metrics::json
        FROM held, unnest(${steps.map(({ step }) => step)}::int[], ${steps.map(({ epoch }) => epoch)}::int[], ${metrics}::text[]) AS row (step, epoch, metrics)
        ON CONFLICT DO NOTHING
        RETURNING job_id, step, metrics),
      measured AS (${addToExtremes(Prisma.sql`stored`)})
      SELECT 1 FROM held`,
  );
  if (held.length === 0) throw new FencedError(ref.jobId, ref.attempt);
}

export interface StoredStep {
  readonly step: number;
  readonly epoch: number;
  readonly metrics: Metrics;
}

/** The metric rows of a job after a step, by step, at most `limit` of them. */
export async function listSteps(database: Database, jobId: string, query: { readonly after: number; readonly to?: number | undefined; readonly limit: number }): Promise<StoredStep[]> {
  const { after, to, limit } = query;
  const rows = await database.run((client) =>
    client.metricRow.findMany({
      where: { jobId, step: { gt: after, ...(to === undefined ? {} : { lte: to }) } },
      orderBy: { step: 'asc' },
      take: limit,
      select: { step: true, epoch: true, metrics: true },
    }),
  );
  return rows.map((row) => ({ ...row, metrics: row.metrics as unknown as Metrics }));
}

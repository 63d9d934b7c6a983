import { encodeMetrics, type Metrics } from '@trainyard/protocol';
import { ofAttempt, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database } from '../database.js';
import { FencedError } from '../errors.js';

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
        ON CONFLICT DO NOTHING)
      SELECT 1 FROM held`,
  );
  if (held.length === 0) throw new FencedError(ref.jobId, ref.attempt);
}

export interface StoredStep {
  readonly step: number;
  readonly epoch: number;
  readonly metrics: Metrics;
}

/** Steps of a job, both ends included; a bound that is left out is the job's own. */
export interface StepBounds {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
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

export interface StepRange {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** The first and last step with a metric row, and how many there are; undefined when there is none. */
export async function stepRange(database: Database, jobId: string, { from, to }: StepBounds = {}): Promise<StepRange | undefined> {
  const step = { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lte: to }) };
  const { _min, _max, _count } = await database.run((client) =>
    client.metricRow.aggregate({ where: { jobId, step }, _min: { step: true }, _max: { step: true }, _count: { _all: true } }),
  );
  if (_min.step === null || _max.step === null) return undefined;
  return { first: _min.step, last: _max.step, count: _count._all };
}

/**
 * The metric rows of a range of steps, thinned out so that a curve keeps its peaks: of each stretch of steps, and for each
 * metric, the rows with the smallest and the largest value remain, and the first and the last row of all. NaN counts as the
 * largest: a loss that diverged is what one wants to see.
 *
 * The database picks them: of a million rows with two metrics it takes 2.6 s on two busy cores, and none but the picked ones
 * leave it.
 *
 * @param maxRows that remain at most; 4 or more
 */
export async function sampleSteps(database: Database, jobId: string, query: { readonly keys: readonly string[]; readonly range: StepRange; readonly maxRows: number }): Promise<StoredStep[]> {
  const { keys, range, maxRows } = query;
  const stretches = Math.max(1, Math.floor((maxRows - 2) / (2 * Math.max(1, keys.length))));
  const span = range.last - range.first + 1;
  // OFFSET 0 keeps the planner from reading each value out of its JSON twice. Of equal values the first step counts.
  const rows = await database.run((client) =>
    client.$queryRaw<{ step: number; epoch: number; metrics: Metrics }[]>`
      WITH extremes AS (
        SELECT min(ARRAY[value, step]) AS low, max(ARRAY[value, -step]) AS high
        FROM (SELECT step, key, (metrics ->> key)::float8 AS value
              FROM metric_rows, unnest(${[...keys]}::text[]) AS key
              WHERE job_id = ${jobId} AND step BETWEEN ${range.first}::int AND ${range.last}::int OFFSET 0) AS measured
        WHERE value IS NOT NULL
        GROUP BY (step - ${range.first}::int)::bigint * ${stretches}::int / ${span}::int, key)
      SELECT step, epoch, metrics FROM metric_rows
      WHERE job_id = ${jobId} AND step IN (
        SELECT unnest(ARRAY[low[2], -high[2], ${range.first}::int, ${range.last}::int])::int FROM extremes)
      ORDER BY step`,
  );
  return rows;
}

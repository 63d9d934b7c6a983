import { encodeMetrics, type Metrics } from '@trainyard/protocol';
import { holdAttempt, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database } from '../database.js';
import { jsonInput } from '../json-input.js';

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
  const { jobId, attempt } = ref;
  await database.transaction(async (transaction) => {
    await holdAttempt(transaction, ref);
    await transaction.metricRow.createMany({
      data: steps.map(({ step, epoch, metrics }) => ({ jobId, attempt, step, epoch, metrics: jsonInput(encodeMetrics(metrics)) })),
      skipDuplicates: true,
    });
  });
}

export interface StoredStep {
  readonly step: number;
  readonly epoch: number;
  readonly metrics: Metrics;
}

/** The metric rows of a job after a step, by step. */
export async function listSteps(database: Database, jobId: string, after = -1): Promise<StoredStep[]> {
  const rows = await database.run((client) =>
    client.metricRow.findMany({
      where: { jobId, step: { gt: after } },
      orderBy: { step: 'asc' },
      select: { step: true, epoch: true, metrics: true },
    }),
  );
  return rows.map((row) => ({ ...row, metrics: row.metrics as unknown as Metrics }));
}

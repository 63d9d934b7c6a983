import type { DType } from '@trainyard/protocol';
import { holdAttemptToChange, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database } from '../database.js';
import { jsonInput } from '../json-input.js';

/** Predictions of some batches, as an object in storage. */
export interface PredictionPart {
  /** From 0, in the order of the rows. */
  readonly number: number;
  /** Batches that have been predicted for by its end, over the whole job. */
  readonly step: number;
  readonly rows: number;
  /** Where the object lies. It must be there already. */
  readonly key: string;
  /** One an output, in the model's order: their bytes lie behind each other. */
  readonly arrays: readonly PartArray[];
}

/** An output's rows in a part. */
export interface PartArray {
  readonly dtype: DType;
  /** Of one row. */
  readonly shape: readonly number[];
  /** CRC-32 of its bytes. */
  readonly crc: number;
}

/**
 * Adds the next part of a job's predictions: the next attempt goes on behind it, as behind a snapshot. Calling it again with the
 * same part changes nothing.
 *
 * @throws FencedError
 */
export async function addPredictionPart(database: Database, ref: AttemptRef, part: PredictionPart): Promise<void> {
  const { jobId, attempt } = ref;
  const { number, step, rows, key, arrays } = part;
  await database.transaction(async (transaction) => {
    await holdAttemptToChange(transaction, ref);
    const { count } = await transaction.predictionPart.createMany({ data: [{ jobId, attempt, number, step, rows, key, arrays: jsonInput(arrays) }], skipDuplicates: true });
    if (count === 0) return;
    const snapshot = { key, step, epoch: 0, best: null, latestMetrics: {} };
    await transaction.job.update({ where: { id: jobId }, data: { snapshot: jsonInput(snapshot), snapshotStep: step }, select: { id: true } });
    await transaction.attempt.update({ where: { jobId_number: { jobId, number: attempt } }, data: { snapshots: { increment: 1 } }, select: { number: true } });
  });
}

/** The parts of a job's predictions, in their order. */
export async function listPredictionParts(database: Database, jobId: string): Promise<PredictionPart[]> {
  const rows = await database.run((client) => client.predictionPart.findMany({ where: { jobId }, orderBy: { number: 'asc' } }));
  return rows.map((row) => ({ number: row.number, step: row.step, rows: row.rows, key: row.key, arrays: row.arrays as unknown as PartArray[] }));
}

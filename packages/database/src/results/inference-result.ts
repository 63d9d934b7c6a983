import type { InferenceResult } from '@trainyard/protocol';
import { holdAttemptToChange, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database } from '../database.js';
import { jsonInput } from '../json-input.js';

/**
 * Stores what came of an evaluation, or of predictions, of which the archive lies in storage already. From then on there is nothing
 * to go on from: snapshots, and parts of predictions, are named no more.
 *
 * @returns the keys of their objects, which are the caller's to delete.
 * @throws FencedError
 */
export async function recordResult(database: Database, ref: AttemptRef, result: InferenceResult): Promise<string[]> {
  const { jobId } = ref;
  return database.transaction(async (transaction) => {
    await holdAttemptToChange(transaction, ref);
    const rows = await transaction.$queryRaw<{ key: string }[]>`
      SELECT key FROM prediction_parts WHERE job_id = ${jobId}
      UNION SELECT snapshot->>'key' FROM jobs WHERE id = ${jobId} AND snapshot IS NOT NULL
      UNION SELECT previous_snapshot->>'key' FROM jobs WHERE id = ${jobId} AND previous_snapshot IS NOT NULL`;
    await transaction.predictionPart.deleteMany({ where: { jobId } });
    await transaction.job.update({ where: { id: jobId }, data: { result: jsonInput(result) }, select: { id: true } });
    await transaction.$executeRaw`UPDATE jobs SET snapshot = NULL, previous_snapshot = NULL, snapshot_step = NULL WHERE id = ${jobId}`;
    return rows.map(({ key }) => key);
  });
}

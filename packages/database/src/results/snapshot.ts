import { holdAttemptToChange, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database } from '../database.js';
import { jsonInput, nullableJson } from '../json-input.js';
import type { SnapshotPointer } from '../jobs/job-record.js';

/**
 * Makes a file that was stored the snapshot from which the next attempt goes on; the one that was it before stays as the second
 * choice. `best` and the latest metrics are kept with it, since a rewind brings them back.
 *
 * @returns the keys of snapshots that are none any more, whose files are the caller's to delete.
 * @throws FencedError
 */
export async function saveSnapshot(
  database: Database,
  ref: AttemptRef,
  snapshot: { readonly key: string; readonly step: number; readonly epoch: number },
): Promise<string[]> {
  const { jobId, attempt } = ref;
  return database.transaction(async (transaction) => {
    await holdAttemptToChange(transaction, ref);
    const where = { id: jobId };
    const job = await transaction.job.findUniqueOrThrow({ where, select: { snapshot: true, previousSnapshot: true, best: true, latestMetrics: true } });
    const newest = job.snapshot as unknown as SnapshotPointer | null;
    const previous = job.previousSnapshot as unknown as SnapshotPointer | null;
    if (newest?.key === snapshot.key) return []; // called again after an outage
    const pointer = { ...snapshot, best: job.best, latestMetrics: job.latestMetrics };
    await transaction.job.update({ where, data: { snapshot: jsonInput(pointer), snapshotStep: snapshot.step, previousSnapshot: nullableJson(newest) }, select: { id: true } });
    await transaction.attempt.update({
      where: { jobId_number: { jobId, number: attempt } },
      data: { snapshots: { increment: 1 } },
      select: { number: true },
    });
    return previous === null ? [] : [previous.key];
  });
}

/**
 * Gives up a snapshot that cannot be read: the next attempt goes on from the one before, or from the beginning.
 *
 * @throws FencedError
 */
export async function discardSnapshot(database: Database, ref: AttemptRef, key: string): Promise<void> {
  await database.transaction(async (transaction) => {
    await holdAttemptToChange(transaction, ref);
    await transaction.$executeRaw`
      UPDATE jobs SET snapshot = previous_snapshot, snapshot_step = (previous_snapshot->>'step')::int, previous_snapshot = NULL
      WHERE id = ${ref.jobId} AND snapshot->>'key' = ${key}`;
  });
}

import { holdAttemptToChange, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database } from '../database.js';
import { jsonInput } from '../json-input.js';
import type { SnapshotPointer } from '../jobs/job-record.js';

/**
 * Makes a file that was stored the snapshot from which the next attempt goes on. `best` and the latest metrics are kept
 * with it, since a rewind brings them back.
 *
 * @returns the key of the snapshot that it replaces, whose file is the caller's to delete.
 * @throws FencedError
 */
export async function saveSnapshot(
  database: Database,
  ref: AttemptRef,
  snapshot: { readonly key: string; readonly step: number; readonly epoch: number },
): Promise<string | undefined> {
  const { jobId, attempt } = ref;
  return database.transaction(async (transaction) => {
    await holdAttemptToChange(transaction, ref);
    const where = { id: jobId };
    const job = await transaction.job.findUniqueOrThrow({ where, select: { snapshot: true, best: true, latestMetrics: true } });
    const pointer = { ...snapshot, best: job.best, latestMetrics: job.latestMetrics };
    await transaction.job.update({ where, data: { snapshot: jsonInput(pointer), snapshotStep: snapshot.step }, select: { id: true } });
    await transaction.attempt.update({
      where: { jobId_number: { jobId, number: attempt } },
      data: { snapshots: { increment: 1 } },
      select: { number: true },
    });
    const previous = job.snapshot as unknown as SnapshotPointer | null;
    return previous === null || previous.key === snapshot.key ? undefined : previous.key;
  });
}

import { deleteExpiredJob, findExpiredJobs, findJobsToPrune, pruneCheckpoints, type Database, type Pruned } from '@trainyard/database';
import type { ObjectStore } from '@trainyard/object-store';
import { deleteObjects } from './delete-objects.js';
import { jobFolder } from './job-folder.js';

/** Jobs that are looked at in one pass. What is beyond waits for the next one. */
const jobsAPass = 100;

export interface RetentionOptions {
  /** Aborts between two jobs. */
  readonly signal?: AbortSignal;
  readonly onPruned: (pruned: Pruned) => void;
  readonly onDeleted: (jobId: string) => void;
}

/**
 * Deletes what jobs' retentions do not keep: checkpoints beyond the last ones, and jobs whose time has come. Rows go first: an
 * object whose deletion fails is nobody's then, and found as an orphan. Several processes may do it at once.
 *
 * @returns whether there is more than one pass takes.
 */
export async function applyRetention(database: Database, store: ObjectStore, { onPruned, onDeleted, signal }: RetentionOptions): Promise<boolean> {
  const due = await findJobsToPrune(database, jobsAPass);
  for (const jobId of due) {
    if (signal?.aborted) return false;
    const pruned = await pruneCheckpoints(database, jobId);
    if (!pruned) continue;
    onPruned(pruned);
    await store.delete(pruned.keys);
  }
  const expired = await findExpiredJobs(database, jobsAPass);
  for (const { id, projectId } of expired) {
    if (signal?.aborted) return false;
    if (!(await deleteExpiredJob(database, id))) continue;
    onDeleted(id);
    await deleteObjects(store, jobFolder(projectId, id));
  }
  return due.length === jobsAPass || expired.length === jobsAPass;
}

import type { Database } from '../database.js';
import { JobInUseError } from '../errors.js';
import { expectUnused } from '../jobs/object-uses.js';

/** A job whose time has come. */
export interface ExpiredJob {
  readonly id: string;
  readonly projectId: string;
}

/** Jobs that are to be deleted, the longest due first. */
export async function findExpiredJobs(database: Database, limit: number): Promise<ExpiredJob[]> {
  return database.run((client) => client.$queryRaw<ExpiredJob[]>`
    SELECT id, project_id AS "projectId" FROM jobs WHERE expires_at <= now() ORDER BY expires_at LIMIT ${limit}`);
}

/**
 * Deletes the row of a job whose time has come, and all that hangs on it. One that another job works from is looked at again in
 * an hour. Its objects are the caller's to delete, afterwards.
 *
 * @returns whether it was deleted, by us.
 */
export async function deleteExpiredJob(database: Database, jobId: string): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const due = await transaction.$queryRaw<unknown[]>`
      SELECT 1 FROM jobs WHERE id = ${jobId} AND expires_at <= now() AND status IN ('succeeded', 'failed', 'cancelled') FOR UPDATE SKIP LOCKED`;
    if (due.length === 0) return false;
    try {
      await expectUnused(transaction, jobId);
    } catch (error) {
      if (!(error instanceof JobInUseError)) throw error;
      await transaction.$executeRaw`UPDATE jobs SET expires_at = now() + interval '1 hour' WHERE id = ${jobId}`;
      return false;
    }
    await transaction.job.delete({ where: { id: jobId }, select: { id: true } });
    return true;
  });
}

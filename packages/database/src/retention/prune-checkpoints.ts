import type { EventData } from '@trainyard/protocol';
import type { Database, Transaction } from '../database.js';
import { Prisma } from '../generated/client.js';
import { inUse } from '../jobs/object-uses.js';
import { staysInRewind } from '../results/checkpoints.js';
import { appendEventsUnfenced } from '../results/events.js';

/** What was not kept of a job. */
export interface Pruned {
  readonly jobId: string;
  readonly checkpoints: EventData<'pruned'>['checkpoints'];
  /** Their files, which are the caller's to delete. */
  readonly keys: readonly string[];
}

/** When to look again after a checkpoint that is due to go, and that another job works from. */
const againAfter = Prisma.sql`interval '1 hour'`;

/** Jobs whose checkpoints are to be looked through, the longest due first. */
export async function findJobsToPrune(database: Database, limit: number): Promise<string[]> {
  const rows = await database.run((client) => client.$queryRaw<{ id: string }[]>`SELECT id FROM jobs WHERE prune_at <= now() ORDER BY prune_at LIMIT ${limit}`);
  return rows.map(({ id }) => id);
}

/**
 * Deletes the checkpoints that the job's retention does not keep: of each filename but the newest, and beyond the last
 * `keep_last_checkpoints`. `final` stays, `best`, and what another job works from. Of a job that may go on, the best that a
 * rewind brings back stays too, and only those count that a rewind leaves: what is promised is there whatever becomes of the attempt.
 *
 * @returns undefined when there is nothing to be done (any more), or somebody else does it.
 */
export async function pruneCheckpoints(database: Database, jobId: string): Promise<Pruned | undefined> {
  return database.transaction(async (transaction) => {
    const [job] = await transaction.$queryRaw<{ keep: number | null; attempt: number }[]>`
      SELECT (spec->'retention'->>'keep_last_checkpoints')::int AS keep, attempt FROM jobs
      WHERE id = ${jobId} AND prune_at <= now() FOR NO KEY UPDATE SKIP LOCKED`;
    if (job === undefined) return undefined;
    const excess = job.keep === null ? [] : await lockExcess(transaction, jobId, job.keep);
    const rows = excess.length === 0 ? [] : await deleteUnused(transaction, excess);
    const checkpoints = rows.map(({ id, filename, epoch, step }) => ({ id, filename, epoch, step })).sort((a, b) => a.step - b.step);
    if (rows.length > 0) await appendEventsUnfenced(transaction, jobId, job.attempt, [{ type: 'pruned', data: { checkpoints } }]);
    const next = rows.length < excess.length ? Prisma.sql`now() + ${againAfter}` : Prisma.sql`NULL`;
    await transaction.$executeRaw(Prisma.sql`UPDATE jobs SET prune_at = ${next} WHERE id = ${jobId}`);
    return rows.length === 0 ? undefined : { jobId, checkpoints, keys: rows.map(({ key }) => key) };
  });
}

/** The ids of the checkpoints that are too many, locked so that no job can begin to work from one. */
async function lockExcess(transaction: Transaction, jobId: string, keep: number): Promise<string[]> {
  const rows = await transaction.$queryRaw<{ id: string }[]>(Prisma.sql`
    WITH counting AS (
      SELECT checkpoints.id, checkpoints.step,
        row_number() OVER (PARTITION BY filename ORDER BY step DESC, checkpoints.id DESC) AS version,
        checkpoints.id = jobs.best->>'checkpoint'
          OR jobs.status <> 'succeeded' AND checkpoints.id IN (jobs.snapshot->'best'->>'checkpoint', jobs.previous_snapshot->'best'->>'checkpoint') AS best
      FROM checkpoints JOIN jobs ON jobs.id = checkpoints.job_id
      WHERE jobs.id = ${jobId} AND NOT final AND (jobs.status = 'succeeded' OR ${staysInRewind(Prisma.sql`checkpoints`)})),
    kept AS (SELECT id FROM counting WHERE version = 1 ORDER BY step DESC, id DESC LIMIT ${keep})
    SELECT id FROM checkpoints WHERE id IN (SELECT id FROM counting WHERE best IS NOT TRUE EXCEPT SELECT id FROM kept) ORDER BY id FOR UPDATE`);
  return rows.map(({ id }) => id);
}

async function deleteUnused(transaction: Transaction, ids: readonly string[]) {
  return transaction.$queryRaw<{ id: string; filename: string; epoch: number | null; step: number; key: string }[]>(Prisma.sql`
    DELETE FROM checkpoints WHERE id IN (${Prisma.join(ids)}) AND NOT ${inUse(Prisma.sql`checkpoints.key`)} RETURNING id, filename, epoch, step, key`);
}

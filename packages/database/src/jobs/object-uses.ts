import type { JobSpec } from '@trainyard/protocol';
import type { Transaction } from '../database.js';
import { CheckpointGoneError, JobInUseError } from '../errors.js';
import { Prisma } from '../generated/client.js';

/*
 * A job may work from objects of another one: a checkpoint for its weights, that it evaluates or predicts by, or the end of one that
 * it continues. Until it has ended, those are kept, whatever becomes of the other. An alias refers to checkpoints, by any of its versions: as long as it does,
 * they are kept. Who creates such a job, or moves an alias, locks the other's row and the checkpoint's (FOR KEY SHARE) before it
 * stores the use; who deletes either locks it FOR UPDATE and then looks for uses. So one of the two sees the other.
 */

type Works = Pick<JobSpec, 'weights' | 'continued'>;

/** An object of another job that a job works from. */
export interface Use {
  readonly job: string;
  readonly key: string;
  /** The checkpoint whose file it is, where it is one's. */
  readonly checkpoint?: string;
}

/** The objects of other jobs that a job of this spec works from. */
export function usesOf({ weights, continued }: Works): Use[] {
  const uses: Use[] = weights.flatMap(({ from }) => ('key' in from ? [from] : []));
  if (!continued) return uses;
  const { job, key, checkpoint, data_key: dataKey } = continued;
  return [...uses, { job, key, checkpoint }, ...(dataKey === null ? [] : [{ job, key: dataKey }])];
}

/**
 * Stores what a new job works from.
 *
 * @throws CheckpointGoneError
 */
export async function storeUses(transaction: Transaction, jobId: string, uses: readonly Use[]): Promise<void> {
  if (uses.length === 0) return;
  await holdCheckpoints(transaction, uses);
  await transaction.objectUse.createMany({ data: uses.map(({ job, key }) => ({ jobId, key, ownerId: job })), skipDuplicates: true });
}

/**
 * Makes sure, until the transaction ends, that nobody deletes these jobs and, where they are named, their checkpoints.
 *
 * @throws CheckpointGoneError
 */
export async function holdCheckpoints(transaction: Transaction, refs: readonly { readonly job: string; readonly checkpoint?: string }[]): Promise<void> {
  if (refs.length === 0) return;
  await transaction.$queryRaw(Prisma.sql`SELECT 1 FROM jobs WHERE id IN (${Prisma.join(refs.map(({ job }) => job))}) ORDER BY id FOR KEY SHARE`);
  const checkpoints = refs.flatMap(({ checkpoint }) => checkpoint ?? []);
  const there = await transaction.$queryRaw<{ id: string }[]>(Prisma.sql`SELECT id FROM checkpoints WHERE id IN (${Prisma.join(checkpoints)}) ORDER BY id FOR KEY SHARE`);
  const ids = new Set(there.map(({ id }) => id));
  const gone = refs.find(({ checkpoint }) => checkpoint !== undefined && !ids.has(checkpoint));
  if (gone?.checkpoint !== undefined) throw new CheckpointGoneError(gone.job, gone.checkpoint);
}

/** That a job which may still read it uses the object under this key, or an alias refers to it. */
export const inUse = (key: Prisma.Sql): Prisma.Sql => Prisma.sql`
  (EXISTS (SELECT 1 FROM object_uses JOIN jobs AS users ON users.id = object_uses.job_id
    WHERE object_uses.key = ${key} AND users.status IN ('queued', 'running', 'paused'))
   OR EXISTS (SELECT 1 FROM alias_targets WHERE alias_targets.key = ${key}))`;

/**
 * Makes sure, until the transaction ends, that no job works from objects of this one, which is locked FOR UPDATE, and no alias
 * refers to one.
 *
 * @throws JobInUseError
 */
export async function expectUnused(transaction: Transaction, jobId: string): Promise<void> {
  const users = await transaction.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT users.id FROM object_uses JOIN jobs AS users ON users.id = object_uses.job_id
    WHERE object_uses.owner_id = ${jobId} AND users.status IN ('queued', 'running', 'paused') ORDER BY users.id`;
  const aliases = await transaction.$queryRaw<{ name: string }[]>`SELECT DISTINCT name FROM alias_targets WHERE job_id = ${jobId} ORDER BY name`;
  if (users.length + aliases.length > 0) throw new JobInUseError(jobId, { jobs: users.map(({ id }) => id), aliases: aliases.map(({ name }) => name) });
}

/**
 * Deletes rows of checkpoints.
 *
 * @returns those whose files nobody needs; of the others the row is gone, and the file is its users' until they end.
 */
export async function deleteCheckpointRows(transaction: Transaction, where: Prisma.Sql): Promise<{ keys: string[]; deleted: number }> {
  await transaction.$queryRaw(Prisma.sql`SELECT 1 FROM checkpoints WHERE ${where} ORDER BY id FOR UPDATE`);
  const rows = await transaction.$queryRaw<{ key: string; used: boolean }[]>(Prisma.sql`
    DELETE FROM checkpoints WHERE ${where} RETURNING key, ${inUse(Prisma.sql`checkpoints.key`)} AS used`);
  return { keys: rows.flatMap(({ key, used }) => (used ? [] : [key])), deleted: rows.length };
}

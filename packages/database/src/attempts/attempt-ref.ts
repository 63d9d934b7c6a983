import type { Database, Transaction } from '../database.js';
import { FencedError } from '../errors.js';
import { Prisma } from '../generated/client.js';

/** Which attempt writes. Every write of an attempt carries it, and is refused once the attempt does not hold the job. */
export interface AttemptRef {
  readonly jobId: string;
  readonly attempt: number;
}

/** What picks the row of the attempt's job, or none when the attempt does not hold it. */
export const ofAttempt = ({ jobId, attempt }: AttemptRef): Prisma.Sql => Prisma.sql`jobs.id = ${jobId} AND jobs.attempt = ${attempt} AND jobs.status = 'running'`;

/**
 * Makes sure, until the transaction ends, that the attempt holds its job: nobody can claim the job, or end the attempt, while
 * the row is locked.
 *
 * @throws FencedError
 */
export async function holdAttemptToChange(transaction: Transaction, ref: AttemptRef): Promise<void> {
  const rows = await transaction.$queryRaw<unknown[]>(Prisma.sql`SELECT 1 FROM jobs WHERE ${ofAttempt(ref)} FOR NO KEY UPDATE`);
  if (rows.length === 0) throw new FencedError(ref.jobId, ref.attempt);
}

/**
 * Looks whether the attempt holds its job, for writes that are no rows: nothing keeps another from claiming the job a moment later.
 *
 * @throws FencedError
 */
export async function expectHeld(database: Database, ref: AttemptRef): Promise<void> {
  const rows = await database.run((client) => client.$queryRaw<unknown[]>(Prisma.sql`SELECT 1 FROM jobs WHERE ${ofAttempt(ref)}`));
  if (rows.length === 0) throw new FencedError(ref.jobId, ref.attempt);
}

import type { Transaction } from '../database.js';
import { FencedError } from '../errors.js';

/** Which attempt writes. Every write of an attempt carries it, and is refused once the attempt does not hold the job. */
export interface AttemptRef {
  readonly jobId: string;
  readonly attempt: number;
}

/**
 * Makes sure, until the transaction ends, that the attempt holds its job: nobody can claim the job, or end the attempt,
 * while the row is locked. Shared, so that writes of one attempt do not wait for each other.
 *
 * @throws FencedError
 */
export async function holdAttempt(transaction: Transaction, { jobId, attempt }: AttemptRef): Promise<void> {
  const rows = await transaction.$queryRaw<unknown[]>`
    SELECT 1 FROM jobs WHERE id = ${jobId} AND attempt = ${attempt} AND status = 'running' FOR SHARE`;
  if (rows.length === 0) throw new FencedError(jobId, attempt);
}

/**
 * The same for a transaction that changes the job's row too: shared locks of two such transactions would wait for each
 * other's end.
 *
 * @throws FencedError
 */
export async function holdAttemptToChange(transaction: Transaction, { jobId, attempt }: AttemptRef): Promise<void> {
  const rows = await transaction.$queryRaw<unknown[]>`
    SELECT 1 FROM jobs WHERE id = ${jobId} AND attempt = ${attempt} AND status = 'running' FOR NO KEY UPDATE`;
  if (rows.length === 0) throw new FencedError(jobId, attempt);
}

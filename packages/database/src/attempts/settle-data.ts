import type { Database } from '../database.js';
import { FencedError } from '../errors.js';
import { Prisma } from '../generated/client.js';
import { ofAttempt, type AttemptRef } from './attempt-ref.js';

/**
 * Names the object with what the job's first attempt found out about its data, once and for all, and answers the name that is
 * in force.
 *
 * @throws FencedError
 */
export async function settleData(database: Database, ref: AttemptRef, key: string): Promise<string> {
  const [row] = await database.run((client) =>
    client.$queryRaw<{ key: string }[]>(Prisma.sql`UPDATE jobs SET data_key = coalesce(data_key, ${key}) WHERE ${ofAttempt(ref)} RETURNING data_key AS key`),
  );
  if (row === undefined) throw new FencedError(ref.jobId, ref.attempt);
  return row.key;
}

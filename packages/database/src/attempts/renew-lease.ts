import type { Intent, Progress } from '@trainyard/protocol';
import { encodeMetrics } from '@trainyard/protocol';
import type { Database } from '../database.js';
import { FencedError } from '../errors.js';
import { Prisma } from '../generated/client.js';
import { jsonSql } from '../json-input.js';
import type { AttemptRef } from './attempt-ref.js';

/** What comes with a renewal, so that it costs no statement of its own. */
export interface Pulse {
  readonly leaseMs: number;
  readonly progress?: Progress | undefined;
  /** The newest metrics by name. */
  readonly latestMetrics?: Readonly<Record<string, number>> | undefined;
}

/**
 * Keeps the job for the attempt, by Postgres's clock, and answers what the user wants of it.
 *
 * @throws FencedError when the attempt does not hold the job any more.
 */
export async function renewLease(database: Database, { jobId, attempt }: AttemptRef, pulse: Pulse): Promise<Intent | null> {
  const { leaseMs, progress, latestMetrics } = pulse;
  const [row] = await database.run((client) =>
    client.$queryRaw<{ intent: Intent | null }[]>`
      UPDATE jobs SET lease_expires_at = now() + ${leaseMs} * interval '1 millisecond'
        ${progress === undefined ? Prisma.empty : Prisma.sql`, progress = ${jsonSql(progress)}`}
        ${latestMetrics === undefined ? Prisma.empty : Prisma.sql`, latest_metrics = ${jsonSql(encodeMetrics(latestMetrics))}`}
      WHERE id = ${jobId} AND attempt = ${attempt} AND status = 'running'
      RETURNING intent`,
  );
  if (row === undefined) throw new FencedError(jobId, attempt);
  return row.intent;
}

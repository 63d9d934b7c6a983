import { claimJob, type Database } from '@trainyard/database';
import type { Delivery } from '@trainyard/protocol';
import type { AttemptOrder } from '../messages.js';

/** How long a claim holds without renewal, by the database's clock. */
export const leaseMs = 15_000;

export interface ClaimOptions {
  readonly database: Database;
  /** The name of this worker. */
  readonly worker: string;
}

/**
 * Takes the job that a delivery names, and makes the order for its attempt.
 *
 * @returns undefined when the delivery is out of date.
 */
export async function claim(delivery: Delivery, options: ClaimOptions): Promise<AttemptOrder | undefined> {
  const { database, worker } = options;
  const claimed = await claimJob(database, delivery, { worker, leaseMs });
  if (!claimed) return undefined;
  const { job, work, discardedKeys } = claimed;
  const { plan, metricsEvery } = job;
  return {
    ref: { jobId: job.id, attempt: job.attempt },
    project: job.projectId,
    ...work,
    discardedKeys,
    settled: plan !== null && metricsEvery !== null ? { plan, metricsEvery } : null,
    ...{ result: job.result, dataKey: job.dataKey, snapshot: job.snapshot, best: job.best, intent: job.intent, ranMs: job.ranMs, traceparent: job.traceparent },
  };
}

import type { Json } from '@trainyard/protocol';
import type { Database } from '../database.js';
import { jsonInput } from '../json-input.js';
import { holdAttemptToChange, type AttemptRef } from './attempt-ref.js';

/** What is decided once a job, before step 0, and kept by all its attempts. */
export interface Plan {
  /** How steps are executed; the worker's business. */
  readonly plan: Json;
  /** Every how many steps a metric row is kept. */
  readonly metricsEvery: number;
  /** Keras's `History.params`. */
  readonly historyParams: Readonly<Record<string, Json>>;
}

/**
 * Stores the plan of the job's first attempt that gets so far, and answers the one that is in force.
 *
 * @throws FencedError
 */
export async function settlePlan(database: Database, ref: AttemptRef, proposal: Plan): Promise<Plan> {
  return database.transaction(async (transaction) => {
    await holdAttemptToChange(transaction, ref);
    const where = { id: ref.jobId };
    const row = await transaction.job.findUniqueOrThrow({ where, select: { plan: true, metricsEvery: true, historyParams: true } });
    if (row.plan !== null && row.metricsEvery !== null) {
      return { plan: row.plan as Json, metricsEvery: row.metricsEvery, historyParams: row.historyParams as Record<string, Json> };
    }
    const { plan, metricsEvery, historyParams } = proposal;
    await transaction.job.update({
      where,
      data: { plan: jsonInput(plan), metricsEvery, historyParams: jsonInput(historyParams) },
      select: { id: true },
    });
    return proposal;
  });
}

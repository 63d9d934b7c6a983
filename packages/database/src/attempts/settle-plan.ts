import type { EventData, Json, JsonObject } from '@trainyard/protocol';
import type { Database } from '../database.js';
import { FencedError } from '../errors.js';
import { Prisma } from '../generated/client.js';
import { jsonSql } from '../json-input.js';
import { eventsSql } from '../results/events.js';
import { ofAttempt, type AttemptRef } from './attempt-ref.js';

/** What all attempts of a job keep to. */
export interface SettledPlan {
  /** How steps are executed; the worker's business. */
  readonly plan: JsonObject;
  /** Every how many steps a metric row is kept. */
  readonly metricsEvery: number;
}

/** What is decided once a job, before step 0. */
export interface PlanProposal {
  /** The plan and how it came about: an event of the job, if it is the first. */
  readonly chosen: EventData<'plan'>;
  readonly metricsEvery: number;
  /** Keras's `History.params`. */
  readonly historyParams: Readonly<Record<string, Json>>;
}

/**
 * Stores the plan of the job's first attempt that gets so far, with its event, and answers the one that is in force.
 *
 * @throws FencedError
 */
export async function settlePlan(database: Database, ref: AttemptRef, { chosen, metricsEvery, historyParams }: PlanProposal): Promise<SettledPlan> {
  const change = Prisma.sql`plan = ${jsonSql(chosen.plan)}, plan_fingerprint = ${chosen.fingerprint}, metrics_every = ${metricsEvery}, history_params = ${jsonSql(historyParams)},`;
  const where = Prisma.sql`${ofAttempt(ref)} AND plan IS NULL`;
  return database.run(async (client) => {
    const stored = await client.$executeRaw(eventsSql(ref, [{ type: 'plan', data: chosen }], { change, where }));
    if (stored > 0) return { plan: chosen.plan, metricsEvery };
    const [settled] = await client.$queryRaw<SettledPlan[]>`SELECT plan, metrics_every AS "metricsEvery" FROM jobs WHERE ${ofAttempt(ref)}`;
    if (settled === undefined) throw new FencedError(ref.jobId, ref.attempt);
    return settled;
  });
}

/** The plan of the project's newest job with this fingerprint. */
export async function findPlan(database: Database, projectId: string, fingerprint: string): Promise<JsonObject | undefined> {
  const [row] = await database.run((client) =>
    client.$queryRaw<{ plan: JsonObject }[]>`
      SELECT plan FROM jobs WHERE project_id = ${projectId} AND plan_fingerprint = ${fingerprint} ORDER BY id DESC LIMIT 1`,
  );
  return row?.plan;
}

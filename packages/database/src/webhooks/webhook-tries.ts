import type { WebhookDeliveryType, WebhookTry } from '@trainyard/protocol';
import type { Database, Transaction } from '../database.js';
import { Prisma } from '../generated/client.js';
import { jsonSql } from '../json-input.js';
import { previousSecretSql } from './webhook-secrets.js';

/** A webhook delivery that a worker is to try now. */
export interface ClaimedWebhook {
  readonly id: string;
  readonly jobId: string;
  readonly type: WebhookDeliveryType;
  readonly url: string;
  readonly body: string;
  /** Numbers this try, from 1. */
  readonly begun: number;
  /** Of the tries before that ended. */
  readonly tries: readonly WebhookTry[];
  /** What signs it: the project's secret, and the one before it while that still counts. */
  readonly secrets: readonly string[];
}

/**
 * Takes webhook deliveries that are due, the longest due first. Of any number of workers one gets each; if it dies, another one
 * gets the delivery when the lease is over.
 */
export async function claimWebhooks(database: Database, { limit, leaseMs }: { limit: number; leaseMs: number }): Promise<ClaimedWebhook[]> {
  const rows = await database.run((client) =>
    client.$queryRaw<(Omit<ClaimedWebhook, 'secrets'> & { secret: string; previousSecret: string | null })[]>(Prisma.sql`
      WITH due AS MATERIALIZED (
        SELECT id FROM webhook_deliveries WHERE next_try_at <= now() ORDER BY next_try_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      UPDATE webhook_deliveries AS delivery SET begun = begun + 1, next_try_at = now() + ${leaseMs} * interval '1 millisecond'
      FROM due, jobs, projects WHERE delivery.id = due.id AND jobs.id = delivery.job_id AND projects.id = jobs.project_id
      RETURNING delivery.id, delivery.job_id AS "jobId", delivery.type, delivery.url, delivery.body, delivery.begun, delivery.tries,
        projects.webhook_secret AS secret, ${previousSecretSql}`),
  );
  return rows.map(({ id, jobId, type, url, body, begun, tries, secret, previousSecret }) => ({
    ...{ id, jobId, type, url, body, begun, tries },
    secrets: previousSecret === null ? [secret] : [secret, previousSecret],
  }));
}

/** What becomes of a delivery after a try. */
export type WebhookOutcome =
  | { readonly status: 'delivered' }
  | { readonly status: 'pending'; readonly waitMs: number }
  /** `gone`: the receiver wants no more of this job, for good. */
  | { readonly status: 'failed'; readonly gone: boolean };

/**
 * Notes how a try ended. That of a worker which took longer than its lease, so that another one tries too, changes nothing.
 *
 * @returns whether it counted.
 */
export async function settleWebhook(database: Database, claimed: ClaimedWebhook, tried: WebhookTry, outcome: WebhookOutcome): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const nextTryAt = outcome.status === 'pending' ? Prisma.sql`now() + ${outcome.waitMs} * interval '1 millisecond'` : Prisma.sql`NULL`;
    const settledAt = outcome.status === 'pending' ? Prisma.sql`NULL` : Prisma.sql`now()`;
    const settled = await transaction.$executeRaw(Prisma.sql`
      UPDATE webhook_deliveries SET status = ${outcome.status}, tries = ${jsonSql([...claimed.tries, tried])}, next_try_at = ${nextTryAt}, settled_at = ${settledAt}
      WHERE id = ${claimed.id} AND begun = ${claimed.begun} AND status = 'pending'`);
    if (settled === 0) return false;
    if (outcome.status === 'failed' && outcome.gone) await disable(transaction, claimed.jobId);
    if (outcome.status === 'delivered') await enable(transaction, claimed.jobId);
    return true;
  });
}

/** The job's webhook is sent nothing any more, and what still waits is given up. */
async function disable(transaction: Transaction, jobId: string): Promise<void> {
  await transaction.$executeRaw`UPDATE jobs SET webhook_disabled_at = now() WHERE id = ${jobId} AND webhook_disabled_at IS NULL`;
  await transaction.$executeRaw`
    UPDATE webhook_deliveries SET status = 'failed', next_try_at = NULL, settled_at = now() WHERE job_id = ${jobId} AND status = 'pending'`;
}

/** A receiver that takes a test is there again. */
async function enable(transaction: Transaction, jobId: string): Promise<void> {
  await transaction.$executeRaw`UPDATE jobs SET webhook_disabled_at = NULL WHERE id = ${jobId} AND webhook_disabled_at IS NOT NULL`;
}

import type { WebhookDeliveryStatus, WebhookDeliveryType, WebhookTry } from '@trainyard/protocol';
import type { Database } from '../database.js';
import type { Prisma } from '../generated/client.js';
import { lockJob } from '../jobs/transition.js';
import { toJobRecord, withoutArchitecture } from '../jobs/job-record.js';
import { writeDelivery } from './notify-webhook.js';

/** A webhook delivery's row, except for its body, which repeats the job. */
export interface WebhookDeliveryRecord {
  readonly id: string;
  readonly jobId: string;
  readonly type: WebhookDeliveryType;
  readonly url: string;
  readonly status: WebhookDeliveryStatus;
  readonly tries: readonly WebhookTry[];
  readonly nextTryAt: Date | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

/** A page of a job's webhook deliveries, oldest first. @param after the id of the last one of the page before */
export async function listWebhookDeliveries(
  database: Database,
  jobId: string,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<{ deliveries: WebhookDeliveryRecord[]; hasMore: boolean }> {
  const where = { jobId, ...(after !== undefined && { id: { gt: after } }) };
  const rows = await database.run((client) => client.webhookDelivery.findMany({ where, orderBy: { id: 'asc' }, take: limit + 1, omit: withoutBody }));
  return { deliveries: rows.slice(0, limit).map(toRecord), hasMore: rows.length > limit };
}

/**
 * Stores a delivery that tests the job's webhook, also one that was disabled.
 *
 * @returns undefined when the job has no webhook, or is not there any more.
 */
export async function createWebhookTest(database: Database, jobId: string): Promise<WebhookDeliveryRecord | undefined> {
  return database.transaction(async (transaction) => {
    if ((await lockJob(transaction, jobId)) === undefined) return undefined;
    const job = toJobRecord(await transaction.job.findUniqueOrThrow({ where: { id: jobId }, omit: withoutArchitecture }));
    if (job.kind === 'scan' || !job.spec.webhook) return undefined;
    const id = await writeDelivery(transaction, job, 'webhook.test');
    return toRecord(await transaction.webhookDelivery.findUniqueOrThrow({ where: { id }, omit: withoutBody }));
  });
}

/** How many webhook deliveries wait, of all projects: for operators. */
export async function countPendingWebhooks(database: Database): Promise<number> {
  return database.run((client) => client.webhookDelivery.count({ where: { nextTryAt: { not: null } } }));
}

const withoutBody = { body: true } as const;

// What this package wrote, from the very types that it is read as.
function toRecord(row: Omit<Prisma.WebhookDeliveryGetPayload<object>, 'body'>): WebhookDeliveryRecord {
  const { id, jobId, url, nextTryAt, createdAt, settledAt } = row;
  return {
    ...{ id, jobId, url, nextTryAt, createdAt, settledAt },
    type: row.type as WebhookDeliveryType,
    status: row.status as WebhookDeliveryStatus,
    tries: row.tries as unknown as WebhookTry[],
  };
}

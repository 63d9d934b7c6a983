import { newWebhookDeliveryId, webhookEvents, type WebhookDeliveryType, type WebhookPayload } from '@trainyard/protocol';
import type { Transaction } from '../database.js';
import { toJobRecord, withoutArchitecture, type JobRecord, type UserJobRecord } from '../jobs/job-record.js';
import { presentJob } from '../jobs/present-job.js';

/**
 * Writes what the job's webhook is to be told of the status that it has now, where it asks for that: into the transaction that
 * changed the status, so whatever dies afterwards, it will be sent.
 */
export async function notifyWebhook(transaction: Transaction, job: JobRecord): Promise<void> {
  const type = webhookEvents.find((event) => event === `job.${job.status}`);
  if (job.kind === 'scan' || type === undefined || job.webhookDisabledAt !== null || !job.spec.webhook?.events.includes(type)) return;
  await writeDelivery(transaction, job, type);
}

/** The same for a job of which only the id is at hand. `hasWebhook` spares those without one the look at their row. */
export async function notifyWebhookOf(transaction: Transaction, jobId: string, { hasWebhook }: { hasWebhook: boolean }): Promise<void> {
  if (!hasWebhook) return;
  await notifyWebhook(transaction, toJobRecord(await transaction.job.findUniqueOrThrow({ where: { id: jobId }, omit: withoutArchitecture })));
}

/** Stores a delivery that is due at once, with the job as it is now. @returns its id */
export async function writeDelivery(transaction: Transaction, job: UserJobRecord, type: WebhookDeliveryType): Promise<string> {
  if (!job.spec.webhook) throw new Error(`${job.id}: expected a job with a webhook`);
  const payload: WebhookPayload = { type, timestamp: new Date().toISOString(), data: { job: presentJob(job, null) } };
  const id = newWebhookDeliveryId();
  await transaction.webhookDelivery.create({
    data: { id, jobId: job.id, type, url: job.spec.webhook.url, body: JSON.stringify(payload) },
    select: { id: true },
  });
  return id;
}

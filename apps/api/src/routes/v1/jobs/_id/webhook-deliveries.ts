import { createWebhookTest, listWebhookDeliveries, type WebhookDeliveryRecord } from '@trainyard/database';
import { ApiError, listOf, WebhookDelivery, WebhookDeliveryId } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { JobParams, loadJob } from '../../../../jobs/load-job.js';

const Query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: WebhookDeliveryId.optional().meta({ description: 'last_id of the page before' }),
});

/** What a job's webhook was sent, and what came of it. Workers send it: see apps/worker/src/webhooks. */
export function addWebhookDeliveries(app: App, deps: Deps): void {
  const list = { tags: ['webhooks'], summary: "What a job's webhook was sent, oldest first, with the answers", params: JobParams, querystring: Query, response: { 200: listOf(WebhookDelivery) } };
  app.get('/v1/jobs/:id/webhook-deliveries', { config: { scope: 'read' }, schema: list }, async (request) => {
    const job = await loadJob(deps, request);
    const { limit, after } = request.query;
    const { deliveries, hasMore } = await listWebhookDeliveries(deps.database, job.id, { limit, after });
    const data = deliveries.map(present);
    return { object: 'list' as const, data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: hasMore };
  });

  const test = { tags: ['webhooks'], summary: "Send a job's webhook a test, once", params: JobParams, body: z.strictObject({}), response: { 202: WebhookDelivery } };
  app.post('/v1/jobs/:id/webhook-deliveries/test', { config: { scope: 'train' }, schema: test }, async (request, reply) => {
    const { id } = await loadJob(deps, request);
    const delivery = await createWebhookTest(deps.database, id);
    if (delivery === undefined) throw new ApiError('not_found', `${id} has no webhook: a job's webhook is given when it is created`);
    return reply.code(202).send(present(delivery));
  });
}

function present({ id, jobId, type, url, status, tries, nextTryAt, createdAt, settledAt }: WebhookDeliveryRecord): WebhookDelivery {
  return {
    ...{ id, type, url, status },
    object: 'webhook_delivery',
    job: jobId,
    tries: [...tries],
    next_try_at: nextTryAt?.toISOString() ?? null,
    created_at: createdAt.toISOString(),
    settled_at: settledAt?.toISOString() ?? null,
  };
}

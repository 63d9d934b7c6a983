import { changeWebhookSecret, findWebhookSecrets, type WebhookSecrets } from '@trainyard/database';
import { WebhookSecretResource } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../deps.js';

/** What the project's webhooks are signed with; only an admin key reads or changes it. */
export function addWebhookSecretRoutes(app: App, { database }: Deps): void {
  const config = { scope: 'admin' as const };
  const get = { tags: ['webhooks'], summary: "The secret that the project's webhooks are signed with", response: { 200: WebhookSecretResource } };
  app.get('/v1/webhook-secret', { config, schema: get }, async (request, reply) => {
    const secrets = await findWebhookSecrets(database, request.projectId);
    return reply.header('cache-control', 'no-store').send(present(secrets));
  });

  const change = { tags: ['webhooks'], summary: 'Change the secret; the one before signs as well for a day', body: z.strictObject({}), response: { 200: WebhookSecretResource } };
  app.post('/v1/webhook-secret/change', { config, schema: change }, async (request, reply) => {
    const secrets = await changeWebhookSecret(database, request.projectId);
    return reply.header('cache-control', 'no-store').send(present(secrets));
  });
}

const present = ({ secret, previous }: WebhookSecrets): WebhookSecretResource => ({
  object: 'webhook_secret',
  secret,
  previous: previous?.secret ?? null,
  previous_expires_at: previous?.expiresAt.toISOString() ?? null,
});

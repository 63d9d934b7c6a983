import { createKey, deleteKey, listKeys, type KeyRecord } from '@trainyard/database';
import { ApiError, KeyBody, KeyResource, listOf, NewKeyResource } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../deps.js';

const Deleted = z.object({ id: z.string(), object: z.literal('key'), deleted: z.literal(true) });

/** The API keys of the project; only an admin key manages them. */
export function addKeyRoutes(app: App, { database }: Deps): void {
  const config = { scope: 'admin' as const };
  const create = { tags: ['keys'], summary: 'Make an API key; it is shown this once', body: KeyBody, response: { 201: NewKeyResource } };
  app.post('/v1/keys', { config, schema: create }, async (request, reply) => {
    const { key, secret } = await createKey(database, { projectId: request.projectId, ...request.body });
    return reply.code(201).send({ ...present(key), key: secret });
  });

  const list = { tags: ['keys'], summary: 'List API keys', response: { 200: listOf(KeyResource) } };
  app.get('/v1/keys', { config, schema: list }, async (request) => {
    const data = (await listKeys(database, request.projectId)).map(present);
    return { object: 'list' as const, data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: false };
  });

  const remove = { tags: ['keys'], summary: 'Delete an API key', params: z.object({ id: z.string() }), response: { 200: Deleted } };
  app.delete('/v1/keys/:id', { config, schema: remove }, async (request) => {
    const { id } = request.params;
    if (!(await deleteKey(database, request.projectId, id))) throw new ApiError('not_found', `there is no key ${id}`);
    return { id, object: 'key' as const, deleted: true as const };
  });
}

const present = ({ id, name, scopes, createdAt, lastUsedAt }: KeyRecord): KeyResource => ({
  id,
  object: 'key',
  name,
  scopes: [...scopes],
  created_at: createdAt.toISOString(),
  last_used_at: lastUsedAt?.toISOString() ?? null,
});

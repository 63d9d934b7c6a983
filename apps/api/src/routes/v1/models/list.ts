import { listAliases } from '@trainyard/database';
import { AliasName, listOf, ModelResource } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../deps.js';
import { presentAlias } from '../../../models/present-model.js';

const Query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: AliasName.optional().meta({ description: 'last_id of the page before' }),
});

export function addListModels(app: App, { database }: Deps): void {
  const schema = { tags: ['models'], summary: 'List aliases, by name', querystring: Query, response: { 200: listOf(ModelResource) } };
  app.get('/v1/models', { config: { scope: ['read', 'predict'] }, schema }, async (request) => {
    const { aliases, hasMore } = await listAliases(database, request.projectId, { limit: request.query.limit, after: request.query.after });
    const data = aliases.map(presentAlias);
    return { object: 'list' as const, data, first_id: data[0]?.name ?? null, last_id: data.at(-1)?.name ?? null, has_more: hasMore };
  });
}

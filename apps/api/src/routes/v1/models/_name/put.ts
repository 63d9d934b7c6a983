import { moveAlias } from '@trainyard/database';
import { AliasBody, AliasName, ModelResource } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { presentAlias } from '../../../../models/present-model.js';
import { resolveAlias } from '../../../../models/resolve-alias.js';
import type { Serving } from '../../../../models/serving.js';

/** The path's `{name}` where it is an alias's. */
export const AliasParams = z.object({ name: AliasName });

/** Sets an alias, or moves it. What answers under it changes at once and whole; the version before is kept. */
export function addPutModel(app: App, deps: Deps, { models, signatures }: Serving): void {
  const schema = { tags: ['models'], summary: 'Set or move an alias: what answers under a name', params: AliasParams, body: AliasBody, response: { 200: ModelResource, 201: ModelResource } };
  app.put('/v1/models/:name', { config: { scope: 'train' }, schema }, async (request, reply) => {
    const { name } = request.params;
    const version = await resolveAlias(deps, signatures, request.projectId, name, request.body);
    const { alias, moved, unused } = await moveAlias(deps.database, version);
    models.forget({ projectId: request.projectId, name });
    await deps.store.delete([...unused]);
    const isNew = moved && alias.version === 1;
    return reply.code(isNew ? 201 : 200).header('location', `/v1/models/${name}`).send(presentAlias(alias));
  });
}

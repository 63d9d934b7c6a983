import { deleteAlias, deleteAliasVersion } from '@trainyard/database';
import { ModelResource } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { modelNotFound } from '../../../../models/find-model.js';
import { presentAlias } from '../../../../models/present-model.js';
import type { Serving } from '../../../../models/serving.js';
import { AliasParams } from './put.js';

const Deleted = z.object({ name: z.string(), object: z.literal('model'), deleted: z.literal(true) });
const AliasVersionParams = AliasParams.extend({ version: z.coerce.number().int().min(1).max(2 ** 31 - 1) });

export function addDeleteModel(app: App, { database, store }: Deps, { models }: Serving): void {
  const model = { tags: ['models'], summary: 'Delete an alias; the jobs that it names stay', params: AliasParams, response: { 200: Deleted } };
  app.delete('/v1/models/:name', { config: { scope: 'train' }, schema: model }, async (request) => {
    const { name } = request.params;
    const deleted = await deleteAlias(database, request.projectId, name);
    if (!deleted) throw modelNotFound(name);
    models.forget({ projectId: request.projectId, name });
    await store.delete([...deleted.unused]);
    return { name, object: 'model' as const, deleted: true as const };
  });

  const version = { tags: ['models'], summary: 'Delete a version of an alias that does not answer, so that nothing is kept for it', params: AliasVersionParams, response: { 200: ModelResource } };
  app.delete('/v1/models/:name/versions/:version', { config: { scope: 'train' }, schema: version }, async (request) => {
    const { name, version: number } = request.params;
    const changed = await deleteAliasVersion(database, request.projectId, name, number);
    if (!changed) throw modelNotFound(name);
    models.forget({ projectId: request.projectId, name });
    await store.delete([...changed.unused]);
    return presentAlias(changed.alias);
  });
}

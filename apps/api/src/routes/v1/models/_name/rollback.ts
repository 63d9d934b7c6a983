import { rollBackAlias } from '@trainyard/database';
import { ModelResource, RollbackBody } from '@trainyard/protocol';
import type { App, Deps } from '../../../../deps.js';
import { modelNotFound } from '../../../../models/find-model.js';
import { presentAlias } from '../../../../models/present-model.js';
import type { Serving } from '../../../../models/serving.js';
import { AliasParams } from './put.js';

export function addRollback(app: App, { database }: Deps, { models }: Serving): void {
  const schema = { tags: ['models'], summary: 'Have an earlier version of an alias answer again', params: AliasParams, body: RollbackBody, response: { 200: ModelResource } };
  app.post('/v1/models/:name/rollback', { config: { scope: 'train' }, schema }, async (request) => {
    const { name } = request.params;
    const alias = await rollBackAlias(database, request.projectId, name, request.body.version);
    if (!alias) throw modelNotFound(name);
    models.forget({ projectId: request.projectId, name });
    return presentAlias(alias);
  });
}

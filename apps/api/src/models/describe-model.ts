import { findAlias, listCheckpoints } from '@trainyard/database';
import type { ModelResource } from '@trainyard/protocol';
import type { Deps } from '../deps.js';
import { chooseCheckpoint } from '../jobs/find-checkpoint.js';
import { trainingOf } from '../jobs/load-job.js';
import { isAliasName, modelNotFound, parseJobName } from './find-model.js';
import { presentAlias, presentJobAsModel } from './present-model.js';

/** What a name means, with all versions that answer under it. @throws ApiError `not_found` */
export async function describeModel(deps: Deps, projectId: string, name: string): Promise<ModelResource> {
  const named = parseJobName(name);
  if (!named) {
    const alias = isAliasName(name) ? await findAlias(deps.database, projectId, name) : undefined;
    if (!alias) throw modelNotFound(name);
    return presentAlias(alias);
  }
  const job = await trainingOf(deps, projectId, named.job);
  const answering = await chooseCheckpoint(deps, job, named.ref);
  const checkpoints = named.ref === undefined ? await listCheckpoints(deps.database, job.id) : [answering];
  return presentJobAsModel(name, job, checkpoints, answering);
}

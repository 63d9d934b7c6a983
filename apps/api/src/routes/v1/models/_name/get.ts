import { ModelResource, ModelVersion, ModelVersionStatus } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { describeModel } from '../../../../models/describe-model.js';
import { ModelParams, versionNotFound, VersionParams } from '../../../../models/find-model.js';
import { statusOf } from '../../../../models/present-model.js';

const scope = ['read', 'predict'] as const;
const OneVersion = ModelVersion.extend({ model_version_status: z.array(ModelVersionStatus) });

/** What answers under a name; beside our fields, TensorFlow Serving's `model_version_status`. */
export function addGetModel(app: App, deps: Deps): void {
  const model = { tags: ['models'], summary: 'What answers under a name, with its versions', params: ModelParams, response: { 200: ModelResource } };
  app.get('/v1/models/:name', { config: { scope }, schema: model }, (request) => describeModel(deps, request.projectId, request.params.name));

  const version = { tags: ['models'], summary: 'One version of what answers under a name', params: VersionParams, response: { 200: OneVersion } };
  app.get('/v1/models/:name/versions/:version', { config: { scope }, schema: version }, async (request) => {
    const { name, version: asked } = request.params;
    const { versions } = await describeModel(deps, request.projectId, name);
    const found = versions.find((one) => String(one.version) === asked);
    if (!found) throw versionNotFound(name, asked);
    return { ...found, model_version_status: statusOf([found]) };
  });
}

import { ModelMetadata } from '@trainyard/protocol';
import type { App } from '../../../../deps.js';
import { ModelParams, VersionParams } from '../../../../models/find-model.js';
import type { Serving } from '../../../../models/serving.js';
import { signatureDef } from '../../../../protocols/tensorflow-serving/signature-def.js';

/** TensorFlow Serving's metadata: names, dtypes and shapes of what a model takes and answers. */
export function addModelMetadata(app: App, { models, signatures }: Serving): void {
  const config = { scope: ['read', 'predict'] as const };
  const describe = async (projectId: string, name: string, version?: string): Promise<ModelMetadata> => {
    const served = await models.find({ projectId, name, version });
    return signatureDef(served, await signatures.ofVersion(served));
  };

  const model = { tags: ['serving'], summary: "A model's signature, as TensorFlow Serving tells it", params: ModelParams, response: { 200: ModelMetadata } };
  app.get('/v1/models/:name/metadata', { config, schema: model }, (request) => describe(request.projectId, request.params.name));

  const version = { tags: ['serving'], summary: 'The signature of one version', params: VersionParams, response: { 200: ModelMetadata } };
  app.get('/v1/models/:name/versions/:version/metadata', { config, schema: version }, (request) => describe(request.projectId, request.params.name, request.params.version));
}

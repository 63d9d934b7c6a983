import { InferModelMetadata, type Signature } from '@trainyard/protocol';
import type { App, Deps } from '../../../../deps.js';
import { describeModel } from '../../../../models/describe-model.js';
import { ModelParams, VersionParams } from '../../../../models/find-model.js';
import type { Serving } from '../../../../models/serving.js';
import { datatypeOf, shapeOf } from '../../../../protocols/inference-v2/datatypes.js';

/** What a model takes and answers, in the Open Inference Protocol's words. */
export function addModelV2(app: App, deps: Deps, { models, signatures }: Serving): void {
  const config = { scope: ['read', 'predict'] as const };
  const describe = async (projectId: string, name: string, version?: string): Promise<InferModelMetadata> => {
    const [served, { versions }] = await Promise.all([models.find({ projectId, name, version }), describeModel(deps, projectId, name)]);
    const { inputs, outputs } = await signatures.ofVersion(served);
    return { name, versions: versions.map((one) => String(one.version)), platform: 'keras', inputs: tensorsOf(inputs), outputs: tensorsOf(outputs) };
  };

  const model = { tags: ['serving'], summary: "A model's inputs, outputs and versions (Open Inference Protocol)", params: ModelParams, response: { 200: InferModelMetadata } };
  app.get('/v2/models/:name', { config, schema: model }, (request) => describe(request.projectId, request.params.name));

  const version = { tags: ['serving'], summary: 'The same of one version', params: VersionParams, response: { 200: InferModelMetadata } };
  app.get('/v2/models/:name/versions/:version', { config, schema: version }, (request) => describe(request.projectId, request.params.name, request.params.version));
}

const tensorsOf = (tensors: Signature['inputs']): InferModelMetadata['inputs'] => tensors.map(({ name, dtype, shape }) => ({ name, datatype: datatypeOf(dtype), shape: shapeOf(shape) }));

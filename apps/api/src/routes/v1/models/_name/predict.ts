import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { inflateBodies } from '../../../../http/inflate-bodies.js';
import { predictBodyLimit, readBodiesAsJson } from '../../../../http/json-body.js';
import { askModel } from '../../../../models/ask-model.js';
import { findServed, ModelParams, VersionParams } from '../../../../models/find-model.js';
import { tellServed } from '../../../../models/tell-served.js';
import type { Serving } from '../../../../models/serving.js';
import { ServingPredictAnswer, ServingPredictBody } from '../../../../protocols/tensorflow-serving/predict-body.js';

/** TensorFlow Serving's `:predict`, which its clients send without a content type, or as curl's form. */
export function addServingPredict(app: App, deps: Deps, { shadows }: Serving): void {
  void app.register(async (scope: App) => {
    readBodiesAsJson(scope);
    inflateBodies(scope);
    const config = { scope: 'predict' as const };
    const common = { tags: ['serving'], body: ServingPredictBody, response: { 200: ServingPredictAnswer } };

    const model = { ...common, summary: "Predict, as with TensorFlow Serving's REST API", params: ModelParams };
    scope.post('/v1/models/:name(^[^:]+)::predict', { config, schema: model, bodyLimit: predictBodyLimit }, (request, reply) => predict(request, reply, request.body, request.params.name));

    const version = { ...common, summary: 'Predict with one version', params: VersionParams };
    scope.post('/v1/models/:name(^[^:]+)/versions/:version(^[^:]+)::predict', { config, schema: version, bodyLimit: predictBodyLimit }, (request, reply) =>
      predict(request, reply, request.body, request.params.name, request.params.version),
    );
  });

  async function predict(request: Pick<FastifyRequest, 'projectId' | 'log'>, reply: Pick<FastifyReply, 'headers' | 'raw'>, body: z.output<typeof ServingPredictBody>, name: string, version?: string): Promise<z.infer<typeof ServingPredictAnswer>> {
    const served = await findServed(deps, request.projectId, name, version);
    const { outputs, layers = null, batch_size, raw } = body;
    const tensors = 'instances' in body ? { instances: body.instances } : { inputs: body.inputs };
    const { prediction, target } = await askModel(deps, shadows, request, served, { tensors, outputs, layers, batch_size, raw, accept: 'json' }, reply.raw);
    if (prediction.kind !== 'json') throw new Error(`expected JSON of the predictor, received ${prediction.kind}`);
    tellServed(reply, served, target);
    return prediction.body;
  }
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { inflateBodies } from '../../../../http/inflate-bodies.js';
import { predictBodyLimit, readBodiesAsJson } from '../../../../http/json-body.js';
import { askModel } from '../../../../models/ask-model.js';
import { ModelParams, VersionParams, type Named, type ServedVersion } from '../../../../models/find-model.js';
import type { Asked } from '../../../../models/predict-from.js';
import { tellServed } from '../../../../models/tell-served.js';
import type { Serving } from '../../../../models/serving.js';
import { answerTo, tensorsOf } from '../../../../protocols/json-tensors/predict-body.js';
import { ServingPredictAnswer, ServingPredictBody } from '../../../../protocols/tensorflow-serving/predict-body.js';

/** TensorFlow Serving's `:predict`, which its clients send without a content type, or as curl's form. */
export function addServingPredict(app: App, deps: Deps, serving: Serving): void {
  void app.register(async (scope: App) => {
    readBodiesAsJson(scope);
    inflateBodies(scope);
    const config = { scope: 'predict' as const };
    const common = { tags: ['serving'], body: ServingPredictBody, response: { 200: ServingPredictAnswer } };

    const model = { ...common, summary: "Predict, as with TensorFlow Serving's REST API", params: ModelParams };
    scope.post('/v1/models/:name(^[^:]+)::predict', { config, schema: model, bodyLimit: predictBodyLimit }, (request, reply) => predict(request, reply, request.body, request.params));

    const version = { ...common, summary: 'Predict with one version', params: VersionParams };
    scope.post('/v1/models/:name(^[^:]+)/versions/:version(^[^:]+)::predict', { config, schema: version, bodyLimit: predictBodyLimit }, (request, reply) => predict(request, reply, request.body, request.params));
  });

  async function predict(request: Pick<FastifyRequest, 'projectId' | 'log'>, reply: Pick<FastifyReply, 'headers' | 'raw'>, body: z.output<typeof ServingPredictBody>, named: Omit<Named, 'projectId'>): Promise<z.infer<typeof ServingPredictAnswer>> {
    const { outputs, layers = null, batch_size, raw, top_k = null, deadline_ms } = body;
    const options = { outputs, layers, batch_size, raw, top_k, deadline_ms, accept: 'json' as const };
    const ask = async (served: ServedVersion): Promise<Asked> => ({ ...options, ...(await tensorsOf(body, raw, () => serving.signatures.ofVersion(served))) });
    const answer = await askModel(deps, serving, request, { ...named, projectId: request.projectId }, ask, reply.raw);
    if (answer.prediction.kind !== 'json') throw new Error(`expected JSON of the predictor, received ${answer.prediction.kind}`);
    tellServed(reply, answer);
    return answerTo(body, answer.prediction.body);
  }
}

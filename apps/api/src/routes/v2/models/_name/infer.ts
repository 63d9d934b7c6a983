import { InferAnswer, inferenceHeader, InferRequest } from '@trainyard/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App, Deps } from '../../../../deps.js';
import { inflateBodies } from '../../../../http/inflate-bodies.js';
import { predictBodyLimit } from '../../../../http/json-body.js';
import { bodyPassesCompiler } from '../../../../http/request-invalid.js';
import { askModel } from '../../../../models/ask-model.js';
import { findServed, ModelParams, VersionParams } from '../../../../models/find-model.js';
import { plainly } from '../../../../models/predict-from.js';
import { tellServed } from '../../../../models/tell-served.js';
import type { Serving } from '../../../../models/serving.js';
import { InferBody, readInferBodies } from '../../../../protocols/inference-v2/read-body.js';
import { parseInferRequest, readInputs, requestedOutputs } from '../../../../protocols/inference-v2/read-request.js';
import { writeAnswer, type WrittenAnswer } from '../../../../protocols/inference-v2/write-answer.js';

const description = 'Tensors with binary_data_size follow the JSON as bytes; the header Inference-Header-Content-Length tells how long the JSON is. Answered likewise where binary_data asks for it.';

/** The Open Inference Protocol's predictions: tensors as JSON, or as bytes behind it, in and out. */
export function addInfer(app: App, deps: Deps, { shadows, signatures }: Serving): void {
  void app.register(async (scope: App) => {
    readInferBodies(scope);
    inflateBodies(scope);
    const options = { config: { scope: 'predict' as const }, bodyLimit: predictBodyLimit, validatorCompiler: bodyPassesCompiler };
    const common = { tags: ['serving'], description, body: InferRequest, response: { 200: InferAnswer } };

    const model = { ...common, summary: 'Predict (Open Inference Protocol)', params: ModelParams };
    scope.post('/v2/models/:name/infer', { ...options, schema: model }, (request, reply) => infer(request, reply, request.params.name));

    const version = { ...common, summary: 'Predict with one version', params: VersionParams };
    scope.post('/v2/models/:name/versions/:version/infer', { ...options, schema: version }, (request, reply) => infer(request, reply, request.params.name, request.params.version));
  });

  async function infer(request: Pick<FastifyRequest, 'projectId' | 'log' | 'body'>, reply: Pick<FastifyReply, 'headers' | 'raw'>, name: string, version?: string): Promise<InferAnswer> {
    const { json, binary } = request.body instanceof InferBody ? request.body : new InferBody({}, new Uint8Array());
    const asked = parseInferRequest(json);
    const served = await findServed(deps, request.projectId, name, version);
    const signature = await signatures.ofVersion(served);
    const requested = requestedOutputs(asked, signature);
    const { arrays, parts } = readInputs(asked, binary, signature);
    const { prediction, target } = await askModel(deps, shadows, request, served, { ...plainly, tensors: { arrays }, parts, accept: 'arrays' }, reply.raw);
    if (prediction.kind !== 'arrays') throw new Error(`expected arrays of the predictor, received ${prediction.kind}`);
    tellServed(reply, served, target);
    const about = { ...(asked.id !== undefined && { id: asked.id }), model_name: name, model_version: String(served.version) };
    return payloadOf(writeAnswer(about, prediction.arrays, requested), reply);
  }
}

/** JSON alone, or with bytes behind it: these are sent as they are, and no schema of the route's describes them. */
function payloadOf({ json, binary }: WrittenAnswer, reply: Pick<FastifyReply, 'headers' | 'raw'>): InferAnswer {
  if (binary.length === 0) return json;
  const head = Buffer.from(JSON.stringify(json));
  void reply.headers({ [inferenceHeader]: String(head.length), 'content-type': 'application/octet-stream' });
  return Buffer.concat([head, ...binary]) as unknown as InferAnswer;
}

import { InferAnswer, inferenceHeader, InferRequest } from '@trainyard/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App, Deps } from '../../../../deps.js';
import { inflateBodies } from '../../../../http/inflate-bodies.js';
import { predictBodyLimit } from '../../../../http/json-body.js';
import { bodyPassesCompiler } from '../../../../http/request-invalid.js';
import { askModel } from '../../../../models/ask-model.js';
import { ModelParams, VersionParams, type Named, type ServedVersion } from '../../../../models/find-model.js';
import { plainly, type Asked } from '../../../../models/predict-from.js';
import { tellServed } from '../../../../models/tell-served.js';
import type { Serving } from '../../../../models/serving.js';
import { InferBody, readInferBodies } from '../../../../protocols/inference-v2/read-body.js';
import { atRequestedClasses, parseInferRequest, readInputs, requestedClasses, requestedOutputs, type RequestedOutput } from '../../../../protocols/inference-v2/read-request.js';
import { writeAnswer, type WrittenAnswer } from '../../../../protocols/inference-v2/write-answer.js';

const description = 'Tensors with binary_data_size follow the JSON as bytes; the header Inference-Header-Content-Length tells how long the JSON is. Answered likewise where binary_data asks for it.';

/** The Open Inference Protocol's predictions: tensors as JSON, or as bytes behind it, in and out. */
export function addInfer(app: App, deps: Deps, serving: Serving): void {
  void app.register(async (scope: App) => {
    readInferBodies(scope);
    inflateBodies(scope);
    const options = { config: { scope: 'predict' as const }, bodyLimit: predictBodyLimit, validatorCompiler: bodyPassesCompiler };
    const common = { tags: ['serving'], description, body: InferRequest, response: { 200: InferAnswer } };

    const model = { ...common, summary: 'Predict (Open Inference Protocol)', params: ModelParams };
    scope.post('/v2/models/:name/infer', { ...options, schema: model }, (request, reply) => infer(request, reply, request.params));

    const version = { ...common, summary: 'Predict with one version', params: VersionParams };
    scope.post('/v2/models/:name/versions/:version/infer', { ...options, schema: version }, (request, reply) => infer(request, reply, request.params));
  });

  async function infer(request: Pick<FastifyRequest, 'projectId' | 'log' | 'body'>, reply: Pick<FastifyReply, 'headers' | 'raw'>, named: Omit<Named, 'projectId'>): Promise<InferAnswer> {
    const { json, binary } = request.body instanceof InferBody ? request.body : new InferBody({}, new Uint8Array());
    const parsed = parseInferRequest(json);
    const classes = requestedClasses(parsed);
    let requested: readonly RequestedOutput[] = [];
    const ask = async (served: ServedVersion): Promise<Asked> => {
      const signature = await serving.signatures.ofVersion(served);
      requested = requestedOutputs(parsed, signature);
      const { arrays, parts } = readInputs(parsed, binary, signature);
      return { ...plainly, tensors: { arrays }, parts, top_k: classes?.count ?? null, deadline_ms: parsed.parameters?.deadline_ms, accept: classes === null ? 'arrays' : 'json' };
    };
    const answer = await askModel(deps, serving, request, { ...named, projectId: request.projectId }, ask, reply.raw).catch((error: unknown) => {
      throw classes === null ? error : atRequestedClasses(error, classes);
    });
    tellServed(reply, answer);
    const about = { ...(parsed.id !== undefined && { id: parsed.id }), model_name: named.name, model_version: String(answer.served.version) };
    return payloadOf(writeAnswer(about, answer.prediction, requested), reply);
  }
}

/** JSON alone, or with bytes behind it: these are sent as they are, and no schema of the route's describes them. */
function payloadOf({ json, binary }: WrittenAnswer, reply: Pick<FastifyReply, 'headers' | 'raw'>): InferAnswer {
  if (binary.length === 0) return json;
  const head = Buffer.from(JSON.stringify(json));
  void reply.headers({ [inferenceHeader]: String(head.length), 'content-type': 'application/octet-stream' });
  return Buffer.concat([head, ...binary]) as unknown as InferAnswer;
}

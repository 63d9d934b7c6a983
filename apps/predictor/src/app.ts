import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Runtime } from '@trainyard/engine';
import type { ObjectStore } from '@trainyard/object-store';
import { ApiError, invalidRequest, issuesOf, newRequestId, npzMediaType, PredictorRequest, problemMediaType, toProblem } from '@trainyard/protocol';
import { loadModel } from './models/load-model.js';
import { ModelCache } from './models/model-cache.js';
import { toApiError } from './problems.js';
import { readInputs } from './tensors/read-inputs.js';
import { toClasses, toJson, toNpz } from './tensors/write-outputs.js';

export interface AppOptions {
  readonly store: ObjectStore;
  readonly runtime: Runtime;
  readonly cacheBytes: number;
  readonly maxBodyBytes: number;
  readonly logLevel: string;
}

/** The predictor's HTTP server. `POST /predict` takes a `PredictorRequest` of protocol. */
export function buildApp(options: AppOptions): FastifyInstance {
  const { store, runtime, cacheBytes, maxBodyBytes, logLevel } = options;
  const app = Fastify({ logger: { level: logLevel }, bodyLimit: maxBodyBytes, genReqId: newRequestId, forceCloseConnections: 'idle', logController: new LogController({ disableRequestLogging: true }) });
  app.removeContentTypeParser('text/plain');
  const cache = new ModelCache(cacheBytes);
  app.addHook('onClose', () => cache.clear());

  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    await store.stat('readyz'); // whether or not there is such an object: that the store answers is the point
    return { status: 'ok', models: cache.size, model_bytes: cache.bytes };
  });
  app.post('/predict', async (request, reply) => {
    const body = parseRequest(request.body);
    const outputs = await cache.use(keyOf(body), () => loadModel(store, runtime, body), async (served) => {
      const x = readInputs(body.tensors, served.model.inputs, maxBodyBytes);
      const answered = await served.predict(x, { batchSize: body.batch_size, layers: body.layers });
      return body.outputs === 'classes' ? answered.map(({ name, array }) => ({ name, array: toClasses(array) })) : answered;
    });
    return body.accept === 'npz' ? reply.type(npzMediaType).send(Buffer.from(toNpz(outputs))) : toJson(body.tensors, outputs);
  });

  app.setErrorHandler((error, request, reply) => answerProblem(toApiError(error), request, reply));
  app.setNotFoundHandler((request, reply) => answerProblem(new ApiError('not_found', `there is no ${request.method} ${request.url}`), request, reply));
  return app;
}

function parseRequest(body: unknown): PredictorRequest {
  const parsed = PredictorRequest.safeParse(body);
  if (!parsed.success) throw invalidRequest(issuesOf(parsed.error, body));
  return parsed.data;
}

/** What a loaded model is known by. Of a whole model's file the id says all; weights may be asked for with another JSON. */
const keyOf = ({ checkpoint, model }: PredictorRequest): string => (checkpoint.kind === 'model' ? checkpoint.id : `${checkpoint.id} ${model}`);

function answerProblem(error: ApiError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.status >= 500) request.log.error({ err: error.cause ?? error }, error.message);
  if (error.retryAfterS !== undefined) void reply.header('retry-after', String(error.retryAfterS));
  const problem = toProblem(error, { instance: request.url, requestId: request.id });
  return reply.code(error.status).type(problemMediaType).send(problem);
}

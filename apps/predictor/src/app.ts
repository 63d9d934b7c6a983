import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { RawInputs } from '@trainyard/dataset';
import type { Runtime } from '@trainyard/engine';
import type { NdArray } from '@trainyard/ndarray';
import type { ObjectStore } from '@trainyard/object-store';
import { ApiError, frameMediaType, invalidRequest, issuesOf, newRequestId, npzMediaType, PredictorRequest, problemMediaType, toProblem } from '@trainyard/protocol';
import { loadModel } from './models/load-model.js';
import { ModelCache } from './models/model-cache.js';
import { toApiError } from './problems.js';
import { loadRawInputs } from './raw/load-raw-inputs.js';
import { RawInputsCache } from './raw/raw-inputs-cache.js';
import { FramedBody, readFrames, toFrame } from './tensors/framed.js';
import { readInputs } from './tensors/read-inputs.js';
import { readRawRows } from './tensors/read-raw-rows.js';
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
  readFrames(app);
  const cache = new ModelCache(cacheBytes);
  const rawInputs = new RawInputsCache((key) => loadRawInputs(store, key));
  app.addHook('onClose', () => cache.clear());

  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    await store.stat('readyz'); // whether or not there is such an object: that the store answers is the point
    return { status: 'ok', models: cache.size, model_bytes: cache.bytes };
  });
  app.post('/predict', async (request, reply) => {
    const { json, parts } = request.body instanceof FramedBody ? request.body : { json: request.body, parts: [] };
    const body = parseRequest(json);
    const rows = body.raw && (await makeInputs(body.tensors, await rawInputs.get(body.raw.data_key), maxBodyBytes));
    const outputs = await cache.use(keyOf(body), () => loadModel(store, runtime, body), async (served) => {
      const x = rows ?? readInputs(body.tensors, parts, served.model.inputs, maxBodyBytes);
      const answered = await served.predict(x, { batchSize: body.batch_size, layers: body.layers });
      return body.outputs === 'classes' ? answered.map(({ name, array }) => ({ name, array: toClasses(array) })) : answered;
    });
    if (body.accept === 'arrays') return reply.type(frameMediaType).send(toFrame(outputs));
    return body.accept === 'npz' ? reply.type(npzMediaType).send(Buffer.from(toNpz(outputs))) : toJson(body.tensors, outputs);
  });

  app.setErrorHandler((error, request, reply) => answerProblem(toApiError(error), request, reply));
  app.setNotFoundHandler((request, reply) => answerProblem(new ApiError('not_found', `there is no ${request.method} ${request.url}`), request, reply));
  return app;
}

/** The model's inputs of rows as the job's files have them. @throws ApiError, DataError that point to what is wrong */
async function makeInputs(tensors: PredictorRequest['tensors'], raw: RawInputs, maxBytes: number): Promise<NdArray[]> {
  const rows = readRawRows(tensors, raw);
  const most = Math.max(1, Math.floor(maxBytes / raw.rowBytes));
  if (rows.count > most) throw new ApiError('too_large', `expected at most ${most} rows at once, of which the inputs take ${raw.rowBytes} bytes each, received ${rows.count}`);
  return raw.make(rows);
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

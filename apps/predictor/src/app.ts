import { boundRequest, ClientGoneError, metricsMediaType, noteFault, traceRequests } from '@trainyard/http';
import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { ApiError, ExportRequest, frameMediaType, invalidRequest, issuesOf, newRequestId, npzMediaType, PredictorRequest, problemMediaType, toProblem } from '@trainyard/protocol';
import { exportSavedModel } from './exports/export-saved-model.js';
import { PredictorMetrics } from './metrics/predictor-metrics.js';
import { Predictor, type PredictorOptions } from './predictor.js';
import type { z } from 'zod';
import { toApiError } from './problems.js';
import { FramedBody, readFrames } from './tensors/framed.js';

export interface AppOptions extends Omit<PredictorOptions, 'metrics'> {
  readonly logLevel: string;
}

/** What nginx calls an answer that nobody waited for. */
const clientGone = 499;

/** The predictor's HTTP server. `POST /predict` takes a `PredictorRequest` of protocol. */
export function buildApp(options: AppOptions): FastifyInstance {
  const { store, maxBodyBytes, logLevel } = options;
  const app = Fastify({ logger: { level: logLevel }, bodyLimit: maxBodyBytes, genReqId: newRequestId, forceCloseConnections: 'idle', logController: new LogController({ disableRequestLogging: true }) });
  traceRequests(app);
  app.removeContentTypeParser('text/plain');
  readFrames(app);
  const metrics = new PredictorMetrics();
  const predictor = new Predictor({ ...options, metrics });
  const { cache, admission } = predictor;
  app.addHook('onClose', () => predictor.close());

  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    await store.stat('readyz'); // whether or not there is such an object: that the store answers is the point
    return { status: 'ok', models: cache.size, model_bytes: cache.bytes };
  });
  app.get('/metrics', (_request, reply) => reply.type(metricsMediaType).send(metrics.text(cache, admission)));
  app.post('/predict', async (request, reply) => {
    reply.raw.once('finish', () => metrics.answered(reply.statusCode, reply.elapsedTime / 1000));
    reply.raw.once('close', () => reply.raw.writableFinished || metrics.answered(clientGone, reply.elapsedTime / 1000));
    const { json, parts } = request.body instanceof FramedBody ? request.body : { json: request.body, parts: [] };
    const body = parseAs(PredictorRequest, json);
    const { signal } = boundRequest(reply.raw, body.deadline_ms);
    const answer = await predictor.predict(body, parts, signal);
    return Buffer.isBuffer(answer) ? reply.type(body.accept === 'npz' ? npzMediaType : frameMediaType).send(answer) : answer;
  });

  app.post('/saved-model', async (request, reply) => {
    const pieces = await exportSavedModel(store, options.runtime, parseAs(ExportRequest, request.body));
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    return reply.header('content-length', bytes).type('application/octet-stream').send(Readable.from(pieces, { objectMode: false }));
  });

  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ClientGoneError) return reply.hijack(); // nobody is there to be answered
    return answerProblem(toApiError(error), request, reply);
  });
  app.setNotFoundHandler((request, reply) => answerProblem(new ApiError('not_found', `there is no ${request.method} ${request.url}`), request, reply));
  return app;
}

function parseAs<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw invalidRequest(issuesOf(parsed.error, body));
  return parsed.data;
}

function answerProblem(error: ApiError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.code === 'internal_error') request.log.error({ err: error.cause ?? error }, error.message);
  else if (error.status >= 500) request.log.warn({ err: error.cause ?? error }, error.message);
  if (error.status >= 500) noteFault(request, error.cause ?? error);
  if (error.retryAfterS !== undefined) void reply.header('retry-after', String(error.retryAfterS));
  const problem = toProblem(error, { instance: request.url, requestId: request.id });
  return reply.code(error.status).type(problemMediaType).send(problem);
}

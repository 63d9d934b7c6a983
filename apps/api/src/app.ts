import { Histogram, traceRequests } from '@trainyard/http';
import { newRequestId } from '@trainyard/protocol';
import { fastify, type FastifyServerOptions } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { App, Deps } from './deps.js';
import { bodyLimit, readJsonBodies } from './http/json-body.js';
import { answerProblems, refuseConnection, sendProblem } from './http/problems.js';
import { parseQueryString } from './http/query-string.js';
import { zodValidatorCompiler } from './http/request-invalid.js';
import { requireKeys } from './plugins/authenticate.js';
import { closePromptly } from './plugins/close-promptly.js';
import { documentApi } from './plugins/document.js';
import { addRoutes } from './routes/index.js';

export type LoggerOptions = NonNullable<FastifyServerOptions['logger']>;

/** The API over its parts, not listening yet. */
export async function buildApp(deps: Deps, logger: LoggerOptions = false): Promise<App> {
  const app: App = fastify({
    logger,
    genReqId: () => newRequestId(),
    bodyLimit,
    routerOptions: { maxParamLength: 4096, querystringParser: parseQueryString },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  traceRequests(app);
  app.setValidatorCompiler(zodValidatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  readJsonBodies(app);
  answerProblems(app);
  app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));

  closePromptly(app);
  const durations = new Histogram('trainyard_http_request_duration_seconds', 'How long requests took.', [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60]);
  app.addHook('onResponse', async (request, reply) => {
    const { url: route = 'none' } = request.routeOptions;
    durations.observe(reply.elapsedTime / 1000, { method: request.method, route, status: reply.statusCode });
  });

  requireKeys(app, deps);
  await documentApi(app);
  addRoutes(app, deps, durations);
  return app;
}

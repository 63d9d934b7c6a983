import type { IncomingMessage, ServerResponse } from 'node:http';
import { isTracing, startSpan, within, type Span } from '@trainyard/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What those ask every few seconds who watch a server. */
const untraced = /^\/(healthz|readyz|metrics)(\?|$)/;

interface Traced {
  readonly span: Span;
  /** What the answer's status says in short. */
  fault?: unknown;
}

const tracedRequests = new WeakMap<IncomingMessage, Traced>();

/**
 * Makes a span of each request, by OpenTelemetry's conventions for HTTP: a child of the one that the client names in `traceparent`.
 * The request's log lines carry its `trace_id`. To be called before there are routes; does nothing where nothing is traced.
 */
export function traceRequests(app: FastifyInstance): void {
  if (!isTracing()) return;
  // The first that is done with a request: from here on there are log lines of it.
  app.setChildLoggerFactory((logger, bindings, options, raw) => logger.child({ ...bindings, ...begin(raw) }, options));
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => end(request, reply.raw));
    done();
  });
  // Not sooner: what reads a body's bytes off a socket does so outside of what we open here.
  app.addHook('preHandler', (request, _reply, done) => {
    const traced = tracedRequests.get(request.raw);
    if (traced) within(traced.span, done);
    else done();
  });
}

/** Notes what went wrong with a request that is answered with a status of 500 and above. */
export function noteFault(request: Pick<FastifyRequest, 'raw'>, error: unknown): void {
  const traced = tracedRequests.get(request.raw);
  if (traced) traced.fault = error;
}

function begin(raw: IncomingMessage): { trace_id?: string | undefined } {
  const { method = '', url = '', headers } = raw;
  if (untraced.test(url)) return {};
  const attributes = {
    'http.request.method': method,
    'url.scheme': 'http',
    'url.path': url.split('?', 1)[0],
    'server.address': headers.host,
    'user_agent.original': headers['user-agent'],
  };
  const { traceparent, tracestate } = headers;
  const parent = { traceparent: [traceparent].flat()[0] ?? null, tracestate: [tracestate].flat().join(',') };
  const span = startSpan(method, { kind: 'server', attributes, parent });
  tracedRequests.set(raw, { span });
  return { trace_id: span.traceId };
}

function end({ raw, id, routeOptions: { url: route } }: FastifyRequest, response: ServerResponse): void {
  const traced = tracedRequests.get(raw);
  if (!traced) return;
  const { span, fault } = traced;
  const { statusCode, headersSent, writableFinished } = response;
  if (route !== undefined) span.rename(`${raw.method} ${route}`);
  span.set({
    'http.route': route,
    'http.response.status_code': headersSent ? statusCode : undefined,
    'trainyard.request_id': id,
    'trainyard.client_gone': writableFinished ? undefined : true,
  });
  if (statusCode >= 500) span.fail(fault ?? new Error(`the request was answered with ${statusCode}`));
  span.end();
}

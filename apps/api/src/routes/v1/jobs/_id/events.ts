import { findJob, listEvents, type JobRecord } from '@trainyard/database';
import { isTerminal, JobEvent, listOf, type Progress } from '@trainyard/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { pause, type OpenStreams } from '../../../../http/open-streams.js';
import { writeEvent, writeText } from '../../../../http/server-sent-events.js';
import { JobParams, loadJob } from '../../../../jobs/load-job.js';

const Query = z.strictObject({
  after: z.coerce.number().int().min(0).optional().meta({ description: 'Events with a higher number' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const Headers = z.looseObject({ 'last-event-id': z.string().regex(/^\d{1,9}$/, 'expected the number of an event').optional() });
const pollMs = 400;
const heartbeatMs = 15_000;
const page = 500;

/** A list, or with `Accept: text/event-stream` a live stream that ends after the job has. */
export function addEvents(app: App, deps: Deps, streams: OpenStreams): void {
  const schema = {
    tags: ['jobs'],
    summary: 'Events of a job: a list, or a stream (Accept: text/event-stream)',
    params: JobParams,
    querystring: Query,
    headers: Headers,
    response: { 200: listOf(JobEvent) },
  };
  app.get('/v1/jobs/:id/events', { config: { scope: 'read' }, schema }, async (request, reply) => {
    const job = await loadJob(deps, request);
    const { after = 0, limit } = request.query;
    if (wantsStream(request)) {
      const seen = Number(request.headers['last-event-id'] ?? after);
      await stream(deps, job, seen, streams, reply);
      return reply;
    }
    const events = await listEvents(deps.database, job.id, { after, limit: limit + 1 });
    const data = events.slice(0, limit);
    const [first, last] = [data[0], data.at(-1)].map((event) => (event === undefined ? null : String(event.seq)));
    return { object: 'list' as const, data, first_id: first ?? null, last_id: last ?? null, has_more: events.length > limit };
  });
}

const wantsStream = ({ headers }: FastifyRequest): boolean => (headers.accept ?? '').includes('text/event-stream');

async function stream(deps: Deps, job: JobRecord, after: number, streams: OpenStreams, reply: FastifyReply): Promise<void> {
  const { signal, done } = streams.open(reply);
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no', 'x-request-id': reply.request.id };
  reply.hijack();
  reply.raw.writeHead(200, headers);
  reply.raw.flushHeaders();
  if (reply.request.method === 'HEAD') return void reply.raw.end();
  try {
    await follow(deps, job, after, signal, reply);
  } catch (error) {
    // The status line is gone: the client sees the stream end without a terminal event, and comes back.
    reply.log.warn({ err: error }, 'an event stream broke off');
  } finally {
    reply.raw.end();
    done();
  }
}

/** Sends events as they come, and the progress between them, which has no number: it is not stored. */
async function follow({ database }: Deps, job: JobRecord, after: number, signal: AbortSignal, reply: FastifyReply): Promise<void> {
  let seen = after;
  let progress: Progress | null = null;
  let quietSince = performance.now();
  while (!signal.aborted) {
    // Read before the events: when it is terminal, they are all there.
    const now = await findJob(database, job.projectId, job.id);
    const events = await listEvents(database, job.id, { after: seen, limit: page });
    for (const event of events) {
      await writeEvent(reply.raw, { id: event.seq, event: event.type, data: event }, signal);
      seen = event.seq;
    }
    if (events.length === page) continue;
    if (now === undefined || (isTerminal(now.status) && seen >= now.eventSeq)) return;
    if (now.progress !== null && now.progress.step !== progress?.step) {
      progress = now.progress;
      await writeEvent(reply.raw, { event: 'progress', data: { progress, latest_metrics: now.latestMetrics } }, signal);
      quietSince = performance.now();
    }
    if (events.length > 0) quietSince = performance.now();
    if (performance.now() - quietSince > heartbeatMs) {
      await writeText(reply.raw, ': still here\n\n', signal);
      quietSince = performance.now();
    }
    await pause(pollMs, signal);
  }
}

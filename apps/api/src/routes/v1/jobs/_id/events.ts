import { findJob, listEvents, type JobRecord } from '@trainyard/database';
import { isTerminal, JobEvent, listOf, type Progress } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { answerWithEvents, wantsStream, type EventStream } from '../../../../http/event-stream.js';
import type { OpenStreams } from '../../../../http/open-streams.js';
import { JobParams, loadJob } from '../../../../jobs/load-job.js';

const Query = z.strictObject({
  after: z.coerce.number().int().min(0).optional().meta({ description: 'Events with a higher number' }),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const Headers = z.looseObject({ 'last-event-id': z.string().regex(/^\d{1,9}$/, 'expected the number of an event').optional() });
const pollMs = 400;
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
      return answerWithEvents(reply, streams, (stream) => follow(deps, job, seen, stream));
    }
    const events = await listEvents(deps.database, job.id, { after, limit: limit + 1 });
    const data = events.slice(0, limit);
    const [first, last] = [data[0], data.at(-1)].map((event) => (event === undefined ? null : String(event.seq)));
    return { object: 'list' as const, data, first_id: first ?? null, last_id: last ?? null, has_more: events.length > limit };
  });
}

/** Sends events as they come, and the progress between them, which has no number: it is not stored. */
async function follow({ database }: Deps, job: JobRecord, after: number, stream: EventStream): Promise<void> {
  let seen = after;
  let progress: Progress | null = null;
  while (!stream.signal.aborted) {
    // Read before the events: when it is terminal, they are all there.
    const now = await findJob(database, job.projectId, job.id);
    const events = await listEvents(database, job.id, { after: seen, limit: page });
    for (const event of events) {
      await stream.send({ id: event.seq, event: event.type, data: event });
      seen = event.seq;
    }
    if (events.length === page) continue;
    if (now === undefined || (isTerminal(now.status) && seen >= now.eventSeq)) return;
    if (now.progress !== null && now.progress.step !== progress?.step) {
      progress = now.progress;
      await stream.send({ event: 'progress', data: { progress, latest_metrics: now.latestMetrics } });
    }
    await stream.pause(pollMs);
  }
}

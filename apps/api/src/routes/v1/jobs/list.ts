import { Job, JobId, JobKind, JobStatus, listOf } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../deps.js';
import { answerWithEvents, wantsStream } from '../../../http/event-stream.js';
import type { OpenStreams } from '../../../http/open-streams.js';
import { readPage, watchJobs } from '../../../jobs/watch-jobs.js';

const Query = z.strictObject({
  kind: z.union([JobKind, z.array(JobKind)]).optional().meta({ description: 'Jobs of these kinds; all of them where it is left out' }),
  status: z.union([JobStatus, z.array(JobStatus)]).optional(),
  metadata: z.record(z.string(), z.string()).optional().meta({ description: 'Jobs that have each of these entries: metadata[team]=nlp' }),
  name: z.string().min(1).max(200).optional().meta({ description: 'Jobs whose name contains this, in capital or small letters' }),
  uses: JobId.optional().meta({ description: 'Jobs that work, or have worked, from checkpoints of this one: its evaluations and predictions, and what goes on from it' }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  after: JobId.optional().meta({ description: 'last_id of the page before' }),
  order: z.enum(['asc', 'desc']).default('desc'),
});

/** A page, or with `Accept: text/event-stream` the page and then what changes on it, until the client goes. */
export function addListJobs(app: App, deps: Deps, streams: OpenStreams): void {
  const schema = { tags: ['jobs'], summary: 'List jobs, newest first, or be told what changes on that page (Accept: text/event-stream)', querystring: Query, response: { 200: listOf(Job) } };
  app.get('/v1/jobs', { config: { scope: 'read' }, schema }, async (request, reply) => {
    const { kind, status, metadata = {}, ...page } = request.query;
    const query = { projectId: request.projectId, kinds: [kind ?? []].flat(), statuses: [status ?? []].flat(), metadata, ...page };
    if (wantsStream(request)) return answerWithEvents(reply, streams, (stream) => watchJobs(deps.database, query, stream));
    const { jobs, hasMore } = await readPage(deps.database, query);
    return { object: 'list' as const, data: jobs, first_id: jobs[0]?.id ?? null, last_id: jobs.at(-1)?.id ?? null, has_more: hasMore };
  });
}

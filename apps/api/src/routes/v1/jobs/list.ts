import { listJobs, presentJob, queuePosition } from '@trainyard/database';
import { Job, JobId, JobKind, JobStatus, listOf } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../deps.js';

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

export function addListJobs(app: App, deps: Deps): void {
  const schema = { tags: ['jobs'], summary: 'List jobs, newest first', querystring: Query, response: { 200: listOf(Job) } };
  app.get('/v1/jobs', { config: { scope: 'read' }, schema }, async (request) => {
    const { kind, status, metadata = {}, name, uses, limit, after, order } = request.query;
    const kinds = [kind ?? []].flat();
    const statuses = [status ?? []].flat();
    const { jobs, hasMore } = await listJobs(deps.database, { projectId: request.projectId, kinds, statuses, metadata, name, uses, limit, after, order });
    const data = await Promise.all(jobs.map(async (job) => presentJob(job, await queuePosition(deps.database, job))));
    return { object: 'list' as const, data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: hasMore };
  });
}

import { deleteJob } from '@trainyard/database';
import { deleteObjects } from '@trainyard/housekeeping';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { JobParams, loadJob } from '../../../../jobs/load-job.js';
import { jobPrefix } from '../../../../jobs/object-keys.js';

const Deleted = z.object({ id: z.string(), object: z.literal('job'), deleted: z.literal(true) });

export function addDeleteJob(app: App, deps: Deps): void {
  const schema = { tags: ['jobs'], summary: 'Delete a job that has ended, with its checkpoints and logs', params: JobParams, response: { 200: Deleted } };
  app.delete('/v1/jobs/:id', { config: { scope: 'train' }, schema }, async (request) => {
    const job = await loadJob(deps, request);
    await deleteJob(deps.database, request.projectId, job.id);
    await deleteObjects(deps.store, jobPrefix(request.projectId, job.id));
    return { id: job.id, object: 'job' as const, deleted: true as const };
  });
}

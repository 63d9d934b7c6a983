import { queuePosition, resumeJob } from '@trainyard/database';
import { Job } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { deliver } from '../../../../jobs/accept-job.js';
import { jobNotFound, JobParams, loadJob } from '../../../../jobs/load-job.js';
import { presentJob } from '../../../../jobs/present-job.js';

export function addResumeJob(app: App, deps: Deps): void {
  const schema = { tags: ['jobs'], summary: 'Queue a paused job again: it goes on where it was paused', params: JobParams, body: z.strictObject({}), response: { 202: Job } };
  app.post('/v1/jobs/:id/resume', { config: { scope: 'train' }, schema }, async (request, reply) => {
    const { id } = await loadJob(deps, request);
    const job = await resumeJob(deps.database, request.projectId, id);
    if (job === undefined) throw jobNotFound(id);
    await deliver(deps, job, request.log);
    return reply.code(202).send(presentJob(job, await queuePosition(deps.database, job)));
  });
}

import { resumeJob } from '@trainyard/database';
import { Job } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { JobParams } from '../../../../jobs/load-job.js';
import { requeue } from './requeue.js';

export function addResumeJob(app: App, deps: Deps): void {
  const schema = { tags: ['jobs'], summary: 'Queue a paused job again: it goes on where it was paused', params: JobParams, body: z.strictObject({}), response: { 202: Job } };
  app.post('/v1/jobs/:id/resume', { config: { scope: 'train' }, schema }, async (request, reply) => reply.code(202).send(await requeue(deps, request, resumeJob)));
}

import { retryJob } from '@trainyard/database';
import { Job } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { JobParams } from '../../../../jobs/load-job.js';
import { requeue } from './requeue.js';

export function addRetryJob(app: App, deps: Deps): void {
  const schema = { tags: ['jobs'], summary: 'Queue a failed or cancelled job again, from its last snapshot', params: JobParams, body: z.strictObject({}), response: { 202: Job } };
  app.post('/v1/jobs/:id/retry', { config: { scope: 'train' }, schema }, async (request, reply) => reply.code(202).send(await requeue(deps, request, retryJob)));
}

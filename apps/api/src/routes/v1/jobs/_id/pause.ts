import { Job } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { JobParams } from '../../../../jobs/load-job.js';
import { wish } from './intent.js';

export function addPauseJob(app: App, deps: Deps): void {
  const schema = { tags: ['jobs'], summary: 'Pause a job: a snapshot is kept, and the worker is free', params: JobParams, body: z.strictObject({}), response: { 200: Job } };
  app.post('/v1/jobs/:id/pause', { config: { scope: 'train' }, schema }, (request) => wish(deps, request, 'pause'));
}

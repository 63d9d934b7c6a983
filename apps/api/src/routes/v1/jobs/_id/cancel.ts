import { CancelBody, Job } from '@trainyard/protocol';
import type { App, Deps } from '../../../../deps.js';
import { JobParams } from '../../../../jobs/load-job.js';
import { wish } from './intent.js';

export function addCancelJob(app: App, deps: Deps): void {
  const schema = { tags: ['jobs'], summary: 'Cancel a job: to a final checkpoint, or at once', params: JobParams, body: CancelBody, response: { 200: Job } };
  app.post('/v1/jobs/:id/cancel', { config: { scope: 'train' }, schema }, (request) => wish(deps, request, request.body.mode === 'kill' ? 'kill' : 'cancel'));
}

import { Job } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { JobParams, loadTraining } from '../../../../jobs/load-job.js';
import { wish } from './intent.js';

/** Keras's `model.stop_training = True`. */
export function addStopJob(app: App, deps: Deps): void {
  const schema = { tags: ['jobs'], summary: 'Stop training: what was trained is the result', params: JobParams, body: z.strictObject({}), response: { 200: Job } };
  app.post('/v1/jobs/:id/stop', { config: { scope: 'train' }, schema }, async (request) => {
    await loadTraining(deps, request);
    return wish(deps, request, 'stop');
  });
}

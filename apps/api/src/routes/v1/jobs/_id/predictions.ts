import { ApiError, Job, npzMediaType, PredictionsBody } from '@trainyard/protocol';
import type { App, Deps } from '../../../../deps.js';
import { IdempotencyHeaders } from '../../../../http/idempotency.js';
import { sendObject } from '../../../../http/send-object.js';
import { JobParams, loadJob, notOfKind } from '../../../../jobs/load-job.js';
import { infer } from './infer.js';

/** Keras's `predict` for a whole source, as a job of its own, and the archive that comes of it. */
export function addPredictions(app: App, deps: Deps): void {
  const create = {
    tags: ['jobs'],
    summary: 'Create a job that predicts for a whole source with a checkpoint of this one',
    params: JobParams,
    headers: IdempotencyHeaders,
    body: PredictionsBody,
    response: { 202: Job },
  };
  app.post('/v1/jobs/:id/predictions', { config: { scope: 'train' }, schema: create }, async (request, reply) => {
    const job = await infer(deps, request, 'predict');
    return reply.code(202).header('location', `/v1/jobs/${job.id}`).send(job);
  });

  const content = { tags: ['results'], summary: 'The predictions of a job of kind predict: an npz archive, one array an output', params: JobParams };
  app.get('/v1/jobs/:id/predictions/content', { config: { scope: 'read' }, schema: content }, async (request, reply) => {
    const job = await loadJob(deps, request);
    if (job.kind !== 'predict') throw new ApiError('not_found', notOfKind(job, 'predict'));
    if (job.result?.kind !== 'predict') throw new ApiError('not_found', `${job.id} is ${job.status}, and has no predictions yet`);
    const { key, sha256 } = job.result;
    return sendObject(deps.store, request, reply, { key, filename: `${job.id}.npz`, etag: sha256, contentType: npzMediaType });
  });
}

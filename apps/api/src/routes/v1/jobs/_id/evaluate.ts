import { EvaluateBody, Job } from '@trainyard/protocol';
import type { App, Deps } from '../../../../deps.js';
import { IdempotencyHeaders } from '../../../../http/idempotency.js';
import { JobParams } from '../../../../jobs/load-job.js';
import { infer } from './infer.js';

/** Keras's `evaluate` of a checkpoint on a whole source, as a job of its own. */
export function addEvaluate(app: App, deps: Deps): void {
  const schema = {
    tags: ['jobs'],
    summary: 'Create a job that evaluates a checkpoint of this one on a source',
    params: JobParams,
    headers: IdempotencyHeaders,
    body: EvaluateBody,
    response: { 202: Job },
  };
  app.post('/v1/jobs/:id/evaluate', { config: { scope: 'train' }, schema }, async (request, reply) => {
    const job = await infer(deps, request, 'evaluate');
    return reply.code(202).header('location', `/v1/jobs/${job.id}`).send(job);
  });
}

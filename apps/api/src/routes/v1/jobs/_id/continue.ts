import { findIdempotentJob, presentJob, queuePosition } from '@trainyard/database';
import { ContinueBody, Job } from '@trainyard/protocol';
import type { App, Deps } from '../../../../deps.js';
import { IdempotencyHeaders, idempotencyOf } from '../../../../http/idempotency.js';
import { deliver } from '../../../../jobs/accept-job.js';
import { continueJob } from '../../../../jobs/continue-job.js';
import { JobParams, loadTraining } from '../../../../jobs/load-job.js';

export function addContinueJob(app: App, deps: Deps): void {
  const schema = {
    tags: ['jobs'],
    summary: 'Create a job that goes on from the end of this one, with more epochs',
    params: JobParams,
    headers: IdempotencyHeaders,
    body: ContinueBody,
    response: { 202: Job },
  };
  app.post('/v1/jobs/:id/continue', { config: { scope: 'train' }, schema }, async (request, reply) => {
    const before = await loadTraining(deps, request);
    const idempotency = idempotencyOf(request.headers['idempotency-key'], { continue: before.id, ...request.body });
    const earlier = idempotency && (await findIdempotentJob(deps.database, request.projectId, idempotency));
    const { job, created } = earlier ? { job: earlier, created: false } : await continueJob(deps, before, request.body, idempotency);
    if (created) await deliver(deps, job, request.log);
    return reply.code(202).header('location', `/v1/jobs/${job.id}`).send(presentJob(job, await queuePosition(deps.database, job)));
  });
}

import { findIdempotentJob, presentJob, queuePosition } from '@trainyard/database';
import { Job, JobRequest } from '@trainyard/protocol';
import type { App, Deps } from '../../../deps.js';
import { IdempotencyHeaders, idempotencyOf } from '../../../http/idempotency.js';
import { bodyPassesCompiler } from '../../../http/request-invalid.js';
import { acceptJob, deliver } from '../../../jobs/accept-job.js';

export function addCreateJob(app: App, deps: Deps): void {
  app.post(
    '/v1/jobs',
    {
      config: { scope: 'train' },
      schema: {
        tags: ['jobs'],
        summary: 'Create a job',
        headers: IdempotencyHeaders,
        body: JobRequest,
        response: { 202: Job },
      },
      validatorCompiler: bodyPassesCompiler, // the names of Keras 1 are taken too
    },
    async (request, reply) => {
      const idempotency = idempotencyOf(request.headers['idempotency-key'], request.body);
      const earlier = idempotency && (await findIdempotentJob(deps.database, request.projectId, idempotency));
      const { job, created } = earlier ? { job: earlier, created: false } : await acceptJob(deps, request.projectId, request.body, idempotency);
      if (created) await deliver(deps, job, request.log);
      return reply.code(202).header('location', `/v1/jobs/${job.id}`).send(presentJob(job, await queuePosition(deps.database, job)));
    },
  );
}

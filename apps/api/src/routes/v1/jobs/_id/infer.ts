import { findIdempotentJob, presentJob, queuePosition, type InferenceRecord } from '@trainyard/database';
import type { InferenceBody, Job } from '@trainyard/protocol';
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../../../../deps.js';
import { idempotencyOf } from '../../../../http/idempotency.js';
import { acceptInference } from '../../../../jobs/accept-inference.js';
import { deliver } from '../../../../jobs/accept-job.js';
import { loadTraining } from '../../../../jobs/load-job.js';

type InferenceRequest = FastifyRequest & { params: { id: string }; headers: { 'idempotency-key'?: string | undefined }; body: InferenceBody };

/** Creates, and queues, a job that applies a checkpoint of the request's job to a source. */
export async function infer(deps: Deps, request: InferenceRequest, kind: InferenceRecord['kind']): Promise<Job> {
  const training = await loadTraining(deps, request);
  const idempotency = idempotencyOf(request.headers['idempotency-key'], { [kind]: training.id, ...request.body });
  const earlier = idempotency && (await findIdempotentJob(deps.database, request.projectId, idempotency));
  const { job, created } = earlier ? { job: earlier, created: false } : await acceptInference(deps, training, kind, request.body, idempotency);
  if (created) await deliver(deps, job, request.log);
  return presentJob(job, await queuePosition(deps.database, job));
}

import { countParams } from '@trainyard/engine';
import { createJob, markDelivered, type JobRecord } from '@trainyard/database';
import { QueueUnavailableError } from '@trainyard/queue';
import { invalidRequest, parseJobRequest, settleRetention, toJobSpec, type Delivery } from '@trainyard/protocol';
import { inSpan, traceparent, type Attributes } from '@trainyard/telemetry';
import type { FastifyBaseLogger } from 'fastify';
import type { Deps } from '../deps.js';
import { resolveRequest } from './resolve-request.js';
import { validateJob } from './validate-job.js';

/**
 * Makes a job of a request's body, or says all that is wrong with it.
 *
 * @throws ApiError 422
 */
export async function acceptJob(
  deps: Deps,
  projectId: string,
  body: unknown,
  idempotency: { key: string; bodyHash: string } | undefined,
): Promise<{ job: JobRecord; created: boolean }> {
  const { request, warnings } = parseJobRequest(body);
  const resolved = await resolveRequest(deps, projectId, request);
  const { model, architecture, compile, issues, code, warnings: found } = validateJob(request, resolved);
  if (issues.length > 0 || model === undefined || compile === undefined) throw invalidRequest(issues, code);
  const seed = request.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const spec = toJobSpec(request, { seed, architecture, weights: resolved.weights, compile, data: resolved.data, retention: settleRetention(request.retention, deps.retention) });
  const summary = { class_name: model.className, name: model.name, total_params: countParams(model).total };
  return createJob(deps.database, { projectId, spec, model: summary, warnings: [...warnings, ...found], idempotency, traceparent: traceparent() });
}

/** Puts a queued job on the queue. When that is away a sweeper does it later: the job is safe in the database. */
export async function deliver({ database, producer }: Deps, job: JobRecord, log: FastifyBaseLogger): Promise<void> {
  const delivery = { job: job.id, attempt: job.attempt + 1 };
  try {
    await inSpan('send deliveries', { kind: 'producer', attributes: sending(delivery) }, () => producer.enqueue(delivery, job.priority));
  } catch (error) {
    if (!(error instanceof QueueUnavailableError)) throw error;
    log.warn({ err: error, job_id: job.id }, 'the queue is away; the job will be delivered when it is back');
    return;
  }
  await markDelivered(database, [delivery]);
}

const sending = ({ job, attempt }: Delivery): Attributes => ({
  ...{ 'messaging.system': 'bullmq', 'messaging.operation.type': 'send', 'messaging.destination.name': 'deliveries' },
  ...{ 'trainyard.job.id': job, 'trainyard.attempt': attempt },
});

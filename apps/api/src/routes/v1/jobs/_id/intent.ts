import { presentJob, queuePosition, requestIntent } from '@trainyard/database';
import type { Intent, Job } from '@trainyard/protocol';
import { QueueUnavailableError } from '@trainyard/queue';
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../../../../deps.js';
import { jobNotFound, loadJob } from '../../../../jobs/load-job.js';

/** Notes what the user wants of a job, and tells the workers. */
export async function wish(deps: Deps, request: FastifyRequest & { params: { id: string } }, intent: Intent): Promise<Job> {
  const { id } = await loadJob(deps, request);
  const job = await requestIntent(deps.database, request.projectId, id, intent);
  if (job === undefined) throw jobNotFound(id);
  if (job.status === 'running') {
    try {
      await deps.producer.publishIntent({ job: id, intent });
    } catch (error) {
      if (!(error instanceof QueueUnavailableError)) throw error;
      request.log.warn({ err: error, job: id }, 'the queue is away; the worker learns of the intent with its lease');
    }
  }
  return presentJob(job, await queuePosition(deps.database, job));
}

import { presentJob, queuePosition, type Database, type JobRecord } from '@trainyard/database';
import type { Job } from '@trainyard/protocol';
import type { FastifyRequest } from 'fastify';
import type { Deps } from '../../../../deps.js';
import { deliver } from '../../../../jobs/accept-job.js';
import { jobNotFound, loadJob } from '../../../../jobs/load-job.js';

/** Queues a job again, in the way that `change` says, and puts it on the queue. */
export async function requeue(deps: Deps, request: FastifyRequest & { params: { id: string } }, change: (database: Database, projectId: string, jobId: string) => Promise<JobRecord | undefined>): Promise<Job> {
  const { id } = await loadJob(deps, request);
  const job = await change(deps.database, request.projectId, id);
  if (job === undefined) throw jobNotFound(id);
  await deliver(deps, job, request.log);
  return presentJob(job, await queuePosition(deps.database, job));
}

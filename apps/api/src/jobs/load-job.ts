import { findJob, type JobRecord } from '@trainyard/database';
import { ApiError, JobId } from '@trainyard/protocol';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Deps } from '../deps.js';

/** The path's `{id}`. What is no id at all is answered like one that nobody has. */
export const JobParams = z.object({ id: z.string().meta({ description: 'Id of a job', example: 'job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D' }) });

/** The job of the request's project. @throws ApiError `not_found` */
export async function loadJob(deps: Pick<Deps, 'database'>, request: FastifyRequest & { params: { id: string } }): Promise<JobRecord> {
  return jobOf(deps, request.projectId, request.params.id);
}

/** A project's job. @throws ApiError `not_found` */
export async function jobOf({ database }: Pick<Deps, 'database'>, projectId: string, id: string): Promise<JobRecord> {
  const job = JobId.safeParse(id).success ? await findJob(database, projectId, id) : undefined;
  if (job === undefined) throw jobNotFound(id);
  return job;
}

export const jobNotFound = (id: string): ApiError => new ApiError('not_found', `there is no job ${id}`);

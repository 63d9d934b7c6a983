import { findJob, type TrainRecord, type UserJobRecord } from '@trainyard/database';
import { ApiError, JobId } from '@trainyard/protocol';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Deps } from '../deps.js';

/** The path's `{id}`. What is no id at all is answered like one that nobody has. */
export const JobParams = z.object({ id: z.string().meta({ description: 'Id of a job', example: 'job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D' }) });

type JobRequest = FastifyRequest & { params: { id: string } };

/** The job of the request's project, of whichever kind. @throws ApiError `not_found` */
export async function loadJob(deps: Pick<Deps, 'database'>, request: JobRequest): Promise<UserJobRecord> {
  return jobOf(deps, request.projectId, request.params.id);
}

/** The same for what only jobs that train have. @throws ApiError `not_found` */
export async function loadTraining(deps: Pick<Deps, 'database'>, request: JobRequest): Promise<TrainRecord> {
  return trainingOf(deps, request.projectId, request.params.id);
}

/** A project's job that trains. @throws ApiError `not_found` */
export async function trainingOf(deps: Pick<Deps, 'database'>, projectId: string, id: string): Promise<TrainRecord> {
  const job = await jobOf(deps, projectId, id);
  if (job.kind !== 'train') throw new ApiError('not_found', notOfKind(job, 'train'));
  return job;
}

/** Says that a job is of another kind than is asked for. */
export const notOfKind = ({ id, kind }: UserJobRecord, expected: UserJobRecord['kind']): string => `${id} is a job of kind "${kind}"; expected one of kind "${expected}"`;

async function jobOf({ database }: Pick<Deps, 'database'>, projectId: string, id: string): Promise<UserJobRecord> {
  const job = JobId.safeParse(id).success ? await findJob(database, projectId, id) : undefined;
  if (job === undefined) throw jobNotFound(id);
  return job;
}

export const jobNotFound = (id: string): ApiError => new ApiError('not_found', `there is no job ${id}`);

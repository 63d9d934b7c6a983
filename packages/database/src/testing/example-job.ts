import { keepEverything, parseJobRequest, resolveSource, settleRetention, toJobSpec, type JobRequestInput } from '@trainyard/protocol';
import type { Database } from '../database.js';
import { createJob, type NewJob } from '../jobs/create-job.js';
import { claimJob } from '../attempts/claim-job.js';
import type { AttemptRef } from '../attempts/attempt-ref.js';
import type { JobRecord } from '../jobs/job-record.js';
import { ensureProject } from '../keys/projects.js';

export const architecture = { class_name: 'Sequential', config: [{ class_name: 'Dense', config: { units: 3, b: 1, a: 2 } }] };

export async function newJob(database: Database, changes: Partial<JobRequestInput> = {}): Promise<NewJob> {
  const project = await ensureProject(database, 'default');
  const { request, warnings } = parseJobRequest({
    model: architecture,
    compile: { optimizer: 'sgd', loss: 'mse' },
    data: { train: { uri: 'files/train.npz' } },
    ...changes,
  });
  const spec = toJobSpec(request, { seed: 7, architecture, weights: [], compile: request.compile!, data: { train: resolveSource(request.data.train, undefined), validation: null }, retention: settleRetention(request.retention, keepEverything) });
  return { projectId: project.id, spec, warnings, model: { class_name: 'Sequential', name: 'model', total_params: 15 } };
}

export async function queuedJob(database: Database, changes: Partial<JobRequestInput> = {}): Promise<JobRecord> {
  return (await createJob(database, await newJob(database, changes))).job;
}

export const leaseMs = 60_000;

/** A job with a running attempt. */
export async function runningJob(database: Database, changes: Partial<JobRequestInput> = {}): Promise<AttemptRef & { projectId: string }> {
  const job = await queuedJob(database, changes);
  await claimJob(database, { job: job.id, attempt: 1 }, { worker: 'w1', leaseMs });
  return { jobId: job.id, attempt: 1, projectId: job.projectId };
}

import { createJob, getJobSpec, listCheckpoints, listHistory, type IdempotencyUse, type JobRecord, WrongStatusError } from '@trainyard/database';
import { ApiError, invalidRequest, type ContinueBody, type JobSpec } from '@trainyard/protocol';
import { traceparent } from '@trainyard/telemetry';
import type { Deps } from '../deps.js';

/**
 * Makes a job that goes on from the final checkpoint of one that has ended: its weights, its optimizer's state, its learning
 * rate, its order of rows. As a further call of `fit` does in Keras, it has a History of its own, from `initial_epoch` on,
 * and callbacks that begin anew.
 *
 * @throws WrongStatusError when the job has no end to go on from; ApiError 422
 */
export async function continueJob({ database }: Deps, job: JobRecord, body: ContinueBody, idempotency: IdempotencyUse | undefined): Promise<{ job: JobRecord; created: boolean }> {
  const final = (await listCheckpoints(database, job.id)).find((checkpoint) => checkpoint.final);
  if (job.status !== 'succeeded' && job.status !== 'cancelled') throw new WrongStatusError(job.id, job.status, 'continued');
  if (!final) throw new ApiError('wrong_status', `${job.id} has ended without a final checkpoint to go on from`);
  const before = await getJobSpec(database, job.id);
  const begun = (before.fit ?? before.fit_generator)?.initial_epoch ?? 0;
  const next = ((await listHistory(database, job.id)).at(-1)?.epoch ?? begun - 1) + 1;
  const { epochs, ...changes } = body;
  if (epochs <= next) throw invalidRequest([{ pointer: '/epochs', code: 'out_of_range', detail: `expected more than the ${next} epochs that ${job.id} has come to, received ${epochs}` }]);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<JobSpec>;
  const range = { epochs, initial_epoch: next };
  const spec: JobSpec = {
    ...before,
    ...given,
    priority: body.priority ?? before.priority,
    weights: [],
    fit: before.fit && { ...before.fit, ...range },
    fit_generator: before.fit_generator && { ...before.fit_generator, ...range },
    continued: {
      job: job.id,
      checkpoint: final.id,
      key: final.key,
      data_key: job.dataKey,
      steps: (before.continued?.steps ?? 0) + final.step,
      epochs: (before.continued?.epochs ?? 0) + next - begun,
    },
  };
  return createJob(database, { projectId: job.projectId, spec, model: job.model, warnings: job.warnings, idempotency, traceparent: traceparent() });
}

import { createInference, getJobSpec, listCheckpoints, type CheckpointRecord, type IdempotencyUse, type InferenceRecord, type JobRecord, type TrainRecord } from '@trainyard/database';
import { checkSource, DataError, readAs } from '@trainyard/dataset';
import { invalidRequest, resolveSource, settleRetention, type InferenceBody, type InferenceSpec, type JobSpec, type ResolvedSource } from '@trainyard/protocol';
import { traceparent } from '@trainyard/telemetry';
import type { Deps } from '../deps.js';
import { chooseCheckpoint, findCheckpoint } from './find-checkpoint.js';
import { readJobModel } from './read-model.js';
import { datasetOf } from './resolve-sources.js';

/**
 * Makes a job that applies a checkpoint of another one to a source, or says what is wrong with the request.
 *
 * @throws ApiError 404 while the job has no checkpoint, 422
 */
export async function acceptInference(
  deps: Deps,
  job: TrainRecord,
  kind: InferenceRecord['kind'],
  body: InferenceBody,
  idempotency: IdempotencyUse | undefined,
): Promise<{ job: JobRecord; created: boolean }> {
  const { id, filename, key } = await checkpointOf(deps, job, body.checkpoint);
  const trained = await getJobSpec(deps.database, job.id);
  const data = await sourceOf(deps, job, kind, body, trained);
  const { name, metadata, priority, batch_size, steps, resources, limits, retention, webhook } = body;
  const spec: InferenceSpec = {
    version: 1,
    ...{ name, metadata, priority, batch_size, steps, resources, data },
    architecture: trained.architecture,
    compile: kind === 'evaluate' ? trained.compile : null,
    checkpoint: { job: job.id, id, filename, key, data_key: job.dataKey },
    limits: { ...limits, max_runtime_s: null },
    retention: { ...settleRetention(retention, deps.retention), keep_last_checkpoints: null },
    webhook: webhook ?? null,
  };
  return createInference(deps.database, { projectId: job.projectId, kind, spec, model: job.model, idempotency, traceparent: traceparent() });
}

async function checkpointOf(deps: Deps, job: TrainRecord, ref: string | undefined): Promise<CheckpointRecord> {
  if (ref === undefined) return chooseCheckpoint(deps, job, ref);
  const all = await listCheckpoints(deps.database, job.id);
  const found = findCheckpoint(job, all, ref);
  if (found) return found;
  const there = all.length === 0 ? '' : `; it has ${all.map(({ filename }) => filename).join(', ')}`;
  throw invalidRequest([{ pointer: '/checkpoint', code: 'not_found', detail: `${job.id} has no checkpoint "${ref}"${there}` }]);
}

/** The source, with what the request and its dataset leave out as in the job's training data. */
async function sourceOf(deps: Deps, job: TrainRecord, kind: InferenceRecord['kind'], { data }: Pick<InferenceBody, 'data'>, trained: JobSpec): Promise<ResolvedSource> {
  const dataset = await datasetOf(deps, job.projectId, data, '/data');
  const source = resolveSource(data, dataset?.source);
  const { model } = await readJobModel(deps, job);
  const inputs = model.inputs.map(({ name }) => name);
  const outputs = kind === 'evaluate' ? model.outputs.map(({ name }) => name) : [];
  try {
    const own = data.transforms !== undefined || source.transforms.length > 0;
    const read = readAs(source, trained.data.train, { transforms: !own, everyRow: kind === 'predict' });
    checkSource(read, { inputs, outputs });
    return read;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw invalidRequest([{ pointer: `/data${error.pointer ?? ''}`, code: 'data_invalid', detail: error.message.slice(`${error.place}: `.length) }], 'data_invalid');
  }
}

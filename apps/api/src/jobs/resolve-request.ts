import { findJob, getJobSpec, listCheckpoints } from '@trainyard/database';
import { compileSpecOf } from '@trainyard/engine';
import { parseModel, parseModelYaml, type ModelDescription } from '@trainyard/keras-format';
import { Compile, invalidRequest, type ApiError, type JobRequest, type JsonObject, type ResolvedWeights, type Warning, type WeightsSource } from '@trainyard/protocol';
import type { Deps } from '../deps.js';
import { findCheckpoint } from './find-checkpoint.js';
import { notOfKind } from './load-job.js';
import { filePrefix } from './object-keys.js';
import { asModelFault, filePathOf, notThere, readSavedModel } from './read-saved-model.js';
import { resolveSources, type ResolvedSources } from './resolve-sources.js';

/** What a request's `model`, `weights` and `data` lead to. */
export interface ResolvedRequest extends ResolvedModel, ResolvedSources {}

/** What a request's `model` and `weights` lead to. */
interface ResolvedModel {
  readonly description: ModelDescription;
  readonly architecture: JsonObject;
  readonly weights: readonly ResolvedWeights[];
  /** The compile arguments that came with a saved model or a job. */
  readonly compile: Compile | undefined;
  readonly warnings: readonly Warning[];
}

const whole = { by_name: false, skip_mismatch: false, into: null } as const;

/**
 * Finds what a request refers to (files, other jobs' checkpoints, datasets) and reads its model.
 *
 * @throws ApiError 422 with pointers.
 */
export async function resolveRequest(deps: Deps, projectId: string, request: Pick<JobRequest, 'model' | 'weights' | 'data'>): Promise<ResolvedRequest> {
  const base = await resolveModel(deps, projectId, request.model);
  const several = Array.isArray(request.weights);
  const weights = [...base.weights];
  for (const [index, source] of [request.weights ?? []].flat().entries()) {
    weights.push(await resolveWeights(deps, projectId, source, several ? `/weights/${index}` : '/weights'));
  }
  return { ...base, weights, ...(await resolveSources(deps, projectId, request.data)) };
}

async function resolveModel(deps: Deps, projectId: string, model: JobRequest['model']): Promise<ResolvedModel> {
  if (typeof model === 'string') return inline(() => parseModel(model));
  if ('yaml' in model) return inline(() => parseModelYaml(model.yaml as string), '/model/yaml');
  if ('uri' in model) return savedModel(deps, projectId, model.uri as string, model.optimizer_state === true);
  if ('job' in model) return fromJob(deps, projectId, model.job as string, model.checkpoint as string, model.optimizer_state === true);
  return inline(() => parseModel(model));
}

function inline(parse: () => ModelDescription, pointer = '/model'): ResolvedModel {
  const description = describeFaults(parse, pointer);
  return { description, architecture: description.source as JsonObject, weights: [], compile: undefined, warnings: [] };
}

async function fromJob(deps: Deps, projectId: string, jobId: string, ref: string, optimizer_state: boolean): Promise<ResolvedModel> {
  const { job, checkpoint } = await checkpointOf(deps, projectId, jobId, ref, '/model');
  const { architecture, compile } = await getJobSpec(deps.database, job.id);
  const weights = [{ from: { job: job.id, checkpoint: checkpoint.id, key: checkpoint.key }, ...whole, optimizer_state }];
  if (optimizer_state && checkpoint.kind === 'weights') throw missing('/model/optimizer_state', `${checkpoint.filename} has weights alone, and no state of an optimizer`);
  return { description: parseModel(architecture), architecture, weights, compile, warnings: optimizer_state ? [] : [freshOptimizer] };
}

const freshOptimizer: Warning = { pointer: '/model', detail: "the weights are taken over, the optimizer's state is not" };

async function savedModel(deps: Deps, projectId: string, uri: string, optimizer_state: boolean): Promise<ResolvedModel> {
  const { file } = await readSavedModel(deps, projectId, uri, '/model/uri');
  const description = describeFaults(() => parseModel(file.modelConfig, { kerasVersion: file.kerasVersion }), '/model/uri');
  // to_json has the version beside the config; a file keeps it elsewhere.
  const architecture: JsonObject = { ...(description.source as JsonObject), keras_version: file.kerasVersion, backend: file.backend };
  const compile = file.trainingConfig === undefined ? undefined : Compile.safeParse(compileSpecOf(file.trainingConfig)).data;
  return { description, architecture, weights: [{ from: { uri }, ...whole, optimizer_state }], compile, warnings: optimizer_state ? [] : [freshOptimizer] };
}

async function resolveWeights(deps: Deps, projectId: string, source: WeightsSource, pointer: string): Promise<ResolvedWeights> {
  const { by_name, skip_mismatch, into } = source;
  if ('uri' in source) {
    const path = filePathOf(source.uri);
    if (path !== undefined && (await deps.store.stat(filePrefix(projectId) + path)) === undefined) throw notThere(`${pointer}/uri`, source.uri);
    return { from: { uri: source.uri }, by_name, skip_mismatch, into, optimizer_state: false };
  }
  const { job, checkpoint } = await checkpointOf(deps, projectId, source.job, source.checkpoint, pointer);
  return { from: { job: job.id, checkpoint: checkpoint.id, key: checkpoint.key }, by_name, skip_mismatch, into, optimizer_state: false };
}

async function checkpointOf({ database }: Deps, projectId: string, jobId: string, ref: string, pointer: string) {
  const job = await findJob(database, projectId, jobId);
  if (job === undefined) throw missing(`${pointer}/job`, `there is no job ${jobId}`);
  if (job.kind !== 'train') throw missing(`${pointer}/job`, notOfKind(job, 'train'));
  const checkpoint = findCheckpoint(job, await listCheckpoints(database, jobId), ref);
  if (checkpoint === undefined) throw missing(`${pointer}/checkpoint`, `${jobId} has no checkpoint "${ref}"`);
  return { job, checkpoint };
}

const missing = (pointer: string, detail: string): ApiError => invalidRequest([{ pointer, code: 'not_found', detail }]);

/** Runs a parser, with its pointer into the model made one into the request. */
function describeFaults<T>(parse: () => T, pointer: string): T {
  try {
    return parse();
  } catch (error) {
    throw asModelFault(error, pointer);
  }
}

import { countParams, estimateMemory, weightRefsByLayer } from '@trainyard/engine';
import { ApiError, issuesOf, JobRequest, parseJobRequest, ValidationResource, type Issue, type Warning } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../deps.js';
import { resolveRequest } from '../../../jobs/resolve-request.js';
import { validateJob, type CheckedJob } from '../../../jobs/validate-job.js';

const Body = z.looseObject({ model: JobRequest.shape.model }).meta({ description: "A job's body, or only its model" });

const nothing = { valid: false, warnings: [], layers: [], total_params: null, trainable_params: null, memory: null };
/** Keras's. */
const defaultBatchSize = 32;

/** Says what creating a job would say, and more, without creating one. Allocates nothing, whatever the sizes. */
export function addValidateModel(app: App, deps: Deps): void {
  const schema = { tags: ['models'], summary: 'Check a job without creating it', body: Body, response: { 200: ValidationResource } };
  app.post('/v1/models::validate', { config: { scope: 'read' }, schema }, async (request) => {
    try {
      return await validate(deps, request.projectId, request.body);
    } catch (error) {
      if (error instanceof ApiError && error.status === 422) return { ...nothing, errors: [...error.errors] };
      throw error;
    }
  });
}

async function validate(deps: Deps, projectId: string, body: Record<string, unknown>): Promise<ValidationResource> {
  const alone = Object.keys(body).length === 1;
  const { request, warnings } = alone ? { request: await onlyModel(body), warnings: [] } : parseJobRequest(body);
  const resolved = await resolveRequest(deps, projectId, request);
  const checked = validateJob(request, resolved);
  const { issues, warnings: found } = checked;
  const errors = alone ? issues.filter(({ pointer }) => pointer.startsWith('/model')) : [...issues];
  const batchSize = (request.fit ?? request.fit_generator)?.batch_size ?? defaultBatchSize;
  return answer(checked, batchSize, errors, [...warnings, ...(alone ? [] : found)]);
}

/** A job around the model, so that one way of checking serves both; what is said of the rest of it is left out. */
async function onlyModel(body: Record<string, unknown>): Promise<JobRequest> {
  const parsed = JobRequest.safeParse({ ...body, data: { train: { uri: 'files/none.npz' } } });
  if (parsed.success) return parsed.data;
  throw new ApiError('invalid_request', 'the model is wrong', { errors: issuesOf(parsed.error, body) });
}

function answer({ model, compiled }: CheckedJob, batchSize: number, errors: Issue[], warnings: Warning[]): ValidationResource {
  if (model === undefined) return { ...nothing, errors, warnings };
  const { total, trainable } = countParams(model);
  const { train_bytes, predict_bytes } = estimateMemory(model, batchSize, compiled && { compiled });
  const layers = weightRefsByLayer(model).map(({ layer, weights }) => ({
    name: layer.name,
    class_name: layer.className,
    output_shapes: (model.nodes.find((node) => node.layer === layer)?.outputShapes ?? []).map((shape) => [...shape]),
    params: weights.reduce((sum, { spec }) => sum + spec.shape.reduce((size, dimension) => size * dimension, 1), 0),
  }));
  return { valid: errors.length === 0, errors, warnings, layers, total_params: total, trainable_params: trainable, memory: { train_bytes, predict_bytes } };
}

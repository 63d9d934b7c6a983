import { type Model, predictStep, stateRefs, weightRefs } from '@trainyard/engine';
import type { ObjectStore } from '@trainyard/object-store';
import { ApiError, uniqueNames, type ExportRequest } from '@trainyard/protocol';
import { savedModel, SavedModelTooLargeError, type ServedStep, type ServedTensor, type TensorFlowRuntime } from '@trainyard/tensorflow';
import { readCheckpoint } from '../models/load-model.js';
import { loadJobData } from '../raw/load-job-data.js';

/**
 * A checkpoint as `saved_model.pb`, piece by piece. Its graph is traced, and never run.
 *
 * @throws ApiError for a model that has no such graph; ObjectNotFoundError, ObjectStoreUnavailableError, FormatError
 */
export async function exportSavedModel(store: ObjectStore, runtime: TensorFlowRuntime, request: ExportRequest): Promise<readonly Uint8Array[]> {
  const { model, values } = await readCheckpoint(store, request);
  const served = servedStep(model, await inputsOf(store, model, request));
  try {
    return savedModel(served, runtime.servingGraph(served), values);
  } catch (error) {
    throw error instanceof SavedModelTooLargeError ? new ApiError('invalid_parameter', `${error.message}; take it as .h5`) : error;
  }
}

function servedStep(model: Model, inputs: readonly ServedTensor[]): ServedStep {
  const states = stateRefs(model);
  const names = uniqueNames(model.outputs.map(({ name }) => name));
  return {
    inputs,
    outputs: model.outputs.map(({ dtype }, i) => ({ name: names[i] ?? '', dtype })),
    weights: weightRefs(model).map(({ variable, spec }) => ({ name: variable, shape: spec.shape, dtype: 'float32' })),
    states,
    rows: states.length > 0 ? (model.inputs[0]?.shape[0] ?? undefined) : undefined,
    step: (rows) => predictStep(model, { rows, x: inputs.map(({ shape }) => shape) }),
  };
}

/**
 * The model's inputs. A traced graph has all dimensions of a row in it: where the model leaves one open, it is that of the rows that
 * the job was trained on.
 *
 * @throws ApiError where nobody knows them
 */
async function inputsOf(store: ObjectStore, model: Model, { data }: ExportRequest): Promise<ServedTensor[]> {
  const isOpen = model.inputs.some(({ shape }) => shape.slice(1).includes(null));
  const trained = isOpen && data ? ((await loadJobData(store, data.data_key)).inputs?.specs ?? []) : [];
  const names = uniqueNames(model.inputs.map(({ name }) => name));
  return model.inputs.map(({ dtype, shape }, i) => {
    const row = shape.slice(1).map((size, axis) => {
      const known = size ?? trained[i]?.shape[axis];
      if (known !== undefined) return known;
      const shown = `(${shape.map((one) => one ?? 'None').join(', ')})`;
      throw new ApiError('invalid_parameter', `a SavedModel is written of a model whose rows have one shape; the input "${names[i]}" has the shape ${shown}, and nothing is known of the rows that it was trained on. Take the checkpoint as .h5`);
    });
    return { name: names[i] ?? '', dtype, shape: row };
  });
}

import { createHash } from 'node:crypto';
import { buildModel, countParams, descriptionOf, fromWeightsFile, inWeightOrder, ModelProgram, type Runtime } from '@trainyard/engine';
import { FormatError, parseModel, readModelFile, readWeightsFile, type WeightsFile, type ModelDescription } from '@trainyard/keras-format';
import { type ObjectStore } from '@trainyard/object-store';
import type { PredictorRequest } from '@trainyard/protocol';
import { ServedModel } from './served-model.js';

const bytesPerWeight = 4;
/** A program without weights: its graph and session. */
const programBytes = 4 * 2 ** 20;

/**
 * Loads a checkpoint: a whole model, or weights for the model whose JSON comes with the request.
 *
 * @throws ObjectNotFoundError, ObjectStoreUnavailableError, FormatError
 */
export async function loadModel(store: ObjectStore, runtime: Runtime, { checkpoint, model: json }: Pick<PredictorRequest, 'checkpoint' | 'model'>): Promise<ServedModel> {
  const bytes = await store.read(checkpoint.key);
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== checkpoint.sha256) throw new FormatError('wrong_digest', '', `its file is not the one that was stored: expected sha256 ${checkpoint.sha256}, received ${digest}`);
  const { description, weights } = checkpoint.kind === 'model' ? await readWhole(bytes) : await readWeights(bytes, json);
  const model = buildModel(description);
  const values = fromWeightsFile(model, weights);
  const program = new ModelProgram(model, runtime);
  try {
    await program.load(inWeightOrder(program.weights, values));
  } catch (error) {
    program.dispose();
    throw error;
  }
  return new ServedModel(program, programBytes + bytesPerWeight * countParams(model).total);
}

interface Parts {
  readonly description: ModelDescription;
  readonly weights: WeightsFile;
}

async function readWhole(bytes: Uint8Array): Promise<Parts> {
  const file = await readModelFile(bytes);
  return { description: descriptionOf(file), weights: file };
}

async function readWeights(bytes: Uint8Array, json: string | null): Promise<Parts> {
  if (json === null) throw new FormatError('no_model', '', "a checkpoint of weights alone needs the model's JSON with it");
  return { description: parseModel(json), weights: await readWeightsFile(bytes) };
}

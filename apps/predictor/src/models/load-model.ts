import { webcrypto } from 'node:crypto';
import { buildModel, countParams, descriptionOf, fromWeightsFile, inWeightOrder, type Model, ModelProgram, type Runtime, weightRefs } from '@trainyard/engine';
import type { NdArray } from '@trainyard/ndarray';
import { FormatError, parseModel, readModelFile, readWeightsFile, type WeightsFile, type ModelDescription } from '@trainyard/keras-format';
import { type ObjectStore } from '@trainyard/object-store';
import type { PredictorRequest } from '@trainyard/protocol';
import type { RunReport } from '../batching/batcher.js';
import { ServedModel } from './served-model.js';

const bytesPerWeight = 4;
/** A program without weights: its graph and session. */
const programBytes = 4 * 2 ** 20;
/** What one more graph adds, of another number of rows: tenths of a MiB to one; of what XLA compiles, 2 to 13. */
const graphBytes = 2 ** 20;
const compiledGraphBytes = 8 * 2 ** 20;

/**
 * Loads a checkpoint: a whole model, or weights for the model whose JSON comes with the request.
 *
 * @throws ObjectNotFoundError, ObjectStoreUnavailableError, FormatError
 */
export async function loadModel(store: ObjectStore, runtime: Runtime, request: Pick<PredictorRequest, 'checkpoint' | 'model'>, onRun?: (report: RunReport) => void): Promise<ServedModel> {
  const { model, values } = await readCheckpoint(store, request);
  const program = new ModelProgram(model, runtime);
  try {
    await program.load(values);
  } catch (error) {
    program.dispose();
    throw error;
  }
  return new ServedModel(program, programBytes + bytesPerWeight * countParams(model).total, model.loopsOverTime ? compiledGraphBytes : graphBytes, onRun);
}

/** A checkpoint's model, and its weights in `get_weights()` order. @throws ObjectNotFoundError, ObjectStoreUnavailableError, FormatError */
export async function readCheckpoint(store: ObjectStore, { checkpoint, model: json }: Pick<PredictorRequest, 'checkpoint' | 'model'>): Promise<{ model: Model; values: NdArray[] }> {
  const { description, weights } = await readParts(await store.read(checkpoint.key), checkpoint, json);
  const model = buildModel(description);
  return { model, values: inWeightOrder(weightRefs(model), fromWeightsFile(model, weights)) };
}

interface Parts {
  readonly description: ModelDescription;
  readonly weights: WeightsFile;
}

/** The file is read while another thread computes its digest, of 100 MB in about a tenth of a second; it is used when that is right. */
async function readParts(bytes: Uint8Array, { kind, sha256 }: PredictorRequest['checkpoint'], json: string | null): Promise<Parts> {
  const [digest, parts] = await Promise.allSettled([digestOf(bytes), kind === 'model' ? readWhole(bytes) : readWeights(bytes, json)]);
  if (digest.status === 'rejected') throw digest.reason;
  if (digest.value !== sha256) throw new FormatError('wrong_digest', '', `its file is not the one that was stored: expected sha256 ${sha256}, received ${digest.value}`);
  if (parts.status === 'rejected') throw parts.reason;
  return parts.value;
}

async function digestOf(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

async function readWhole(bytes: Uint8Array): Promise<Parts> {
  const file = await readModelFile(bytes);
  return { description: descriptionOf(file), weights: file };
}

async function readWeights(bytes: Uint8Array, json: string | null): Promise<Parts> {
  if (json === null) throw new FormatError('no_model', '', "a checkpoint of weights alone needs the model's JSON with it");
  return { description: parseModel(json), weights: await readWeightsFile(bytes) };
}

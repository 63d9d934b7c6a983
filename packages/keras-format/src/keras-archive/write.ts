import { writeZip } from '@trainyard/ndarray';
import type { NdArray } from '@trainyard/ndarray';
import { expectWritable } from '../h5/keras-groups.js';
import { writeHdf5 } from '../h5/hdf5-writer.js';
import { OPTIMIZER_FLOATS } from '../h5/model-file.js';
import type { ModelFile, NamedArray, TrainingConfig } from '../h5/weights-file.js';
import { isJsonObject, type JsonObject } from '../json.js';
import type { ModelDescription } from '../model/model-description.js';
import { parseModel } from '../model/parse-model.js';
import { pythonJson } from '../model/python-json.js';
import { asReceived } from '../model/write-model.js';
import { toKeras3 } from '../model/versions/keras3/write.js';
import { writeCompileConfig } from './compile-config.js';
import { CONFIG, METADATA, WEIGHTS } from './entries.js';
import { toKeras3Optimizer } from './keras3-optimizer.js';
import { layoutOf } from './layout.js';
import { readOptimizerState } from './optimizer-state.js';
import { scaleWeights } from './scale-weights.js';
import { writeGroup, writeStore } from './store.js';

/** The version that archives carry: theirs is the layout of Keras 3.15.1. */
export const WRITTEN_KERAS3_VERSION = '3.15.1';

export interface WriteArchiveOptions {
  /** `date_saved` of the metadata; default: now. */
  savedAt?: Date;
}

/**
 * Writes a model file, of whichever Keras, as a `.keras` archive that Keras 3 opens and that predicts the same.
 *
 * A model of Keras 1 or 2 is written in Keras 3's terms; weights that feed a hard_sigmoid are multiplied by 1.2 (Keras 3's is
 * another function), and the optimizer's state is then left out, since it belongs to the weights as they were. Else the
 * state is written too, in Keras 3's order, and `compile_config` has the nearest optimizer of Keras 3.
 *
 * @throws FormatError `not_in_keras3` naming the layer or argument that Keras 3 does not have.
 */
export async function writeKerasArchive(file: ModelFile, { savedAt = new Date() }: WriteArchiveOptions = {}): Promise<Uint8Array> {
  const description = parseModel(file.modelConfig, { kerasVersion: file.kerasVersion });
  const source = keras3Source(description);
  const { layers, scaled } = description.kerasVersion.startsWith('3') ? { layers: file.layers, scaled: false } : scaleWeights(description, file.layers);
  const training = file.trainingConfig && { ...file.trainingConfig, optimizer_config: toKeras3Optimizer(file.trainingConfig.optimizer_config, '/training_config/optimizer_config') };
  const optimizer = training && !scaled ? optimizerVariables(file, training) : [];
  const bytes = expectWritable([...layers.flatMap(({ weights }) => weights), ...optimizer]);
  const weights = await writeHdf5(bytes, (h5) => {
    writeStore(h5, layoutOf(parseModel(source, { kerasVersion: WRITTEN_KERAS3_VERSION })), layers, description.name);
    if (optimizer.length > 0) writeGroup(h5, 'optimizer', training?.optimizer_config.class_name.toLowerCase() ?? '', optimizer);
  });
  const compiled = training && writeCompileConfig(training, Math.max(1, description.outputs.length));
  const config: JsonObject = compiled ? { ...source, compile_config: compiled } : source;
  const metadata = { keras_version: WRITTEN_KERAS3_VERSION, date_saved: dateSaved(savedAt) };
  return writeZip(
    [
      [METADATA, Buffer.from(pythonJson(metadata))],
      [CONFIG, Buffer.from(pythonJson(config, OPTIMIZER_FLOATS))],
      [WEIGHTS, weights],
    ],
    false,
  );
}

/** As received where Keras 3 wrote it as JSON; its `.h5` files leave out where classes are from. */
function keras3Source(description: ModelDescription): JsonObject {
  const { source, kerasVersion } = description;
  return kerasVersion.startsWith('3') && isJsonObject(source) && 'module' in source ? asReceived(description) : toKeras3(description);
}

/** Iterations, the learning rate where it is no schedule, slots, Nadam's product. */
function optimizerVariables(file: ModelFile, { optimizer_config: { class_name: className, config } }: TrainingConfig): NamedArray[] {
  const state = readOptimizerState(file);
  if (!state) return [];
  const { learning_rate: rate } = config;
  const iterations = state.iterations ?? 0;
  const arrays: NdArray[] = [
    { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(iterations)) },
    ...(typeof rate === 'number' ? [scalar(state.learningRate ?? rate)] : []),
    ...state.slots,
    ...(className === 'Nadam' ? [scalar(momentumProduct(iterations, Number(config['beta_1'] ?? 0.9)))] : []),
  ];
  return arrays.map((array, i) => ({ name: String(i), array }));
}

/** Π β₁(1 − ½·0.96ᵗ) for t = 1 … iterations, in float32. */
function momentumProduct(iterations: number, beta1: number): number {
  let product = 1;
  for (let t = 1; t <= iterations && product > 0; t++) product = Math.fround(product * Math.fround(beta1 * (1 - 0.5 * 0.96 ** t)));
  return product;
}

function scalar(value: number): NdArray {
  return { dtype: 'float32', shape: [], data: Float32Array.of(value) };
}

/** `2026-11-23@13:00:02` */
function dateSaved(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', '@');
}

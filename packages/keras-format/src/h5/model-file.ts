import { FormatError } from '../format-error.js';
import { at, isJsonObject, quote, type Json } from '../json.js';
import { inspectJson } from '../model/inspect.js';
import { pythonJson } from '../model/python-json.js';
import { pathOf, type Hdf5Reader } from './hdf5-reader.js';
import { writeHdf5 } from './hdf5-writer.js';
import { Budget, declareGroup, expectWritable, MAX_BYTES, readGroup, writeGroup, writeLayers } from './keras-groups.js';
import { withFile } from './read-file.js';
import { readWeights } from './weights.js';
import type { ExtraGroup, ModelFile, ReadOptions, TrainingConfig } from './weights-file.js';

/** Arguments of Keras's optimizers that are floats: Keras 3 refuses `"momentum": 0`. */
export const OPTIMIZER_FLOATS = new Set(
  'lr learning_rate initial_learning_rate decay_rate decay momentum rho beta_1 beta_2 epsilon schedule_decay clipnorm clipvalue global_clipnorm initial_accumulator_value weight_decay ema_momentum'.split(' '),
);
const OWN_GROUPS = new Set(['model_weights', 'optimizer_weights']);

/**
 * Reads what `model.save('….h5')` wrote (Keras 1.2 to 3): architecture, weights, compile arguments, optimizer state.
 *
 * @throws FormatError naming the path within the file.
 */
export async function readModelFile(bytes: Uint8Array, options: ReadOptions = {}): Promise<ModelFile> {
  return withFile(bytes, (file) => {
    const modelConfig = file.text('/', 'model_config');
    if (modelConfig === undefined || !file.has('/model_weights'))
      throw new FormatError('not_a_model', 'the file', 'expected a whole model (model_config and model_weights, as model.save writes them), the file has none; a file of weights alone needs the model with it');
    const budget = new Budget(options.maxBytes ?? MAX_BYTES);
    const weights = readWeights(file, '/model_weights', options, budget);
    const training = file.text('/', 'training_config');
    const model: ModelFile = {
      ...weights,
      kerasVersion: file.text('/', 'keras_version') ?? weights.kerasVersion,
      modelConfig,
      optimizerWeights: readListed(file, '/optimizer_weights', 'weight_names', budget),
    };
    if (training !== undefined) model.trainingConfig = parseTrainingConfig(training);
    if (options.extra) model.extra = readExtra(file, options.extra, budget);
    return model;
  });
}

/**
 * Writes a whole model as `model.save` of Keras 2.0.8 does: same attributes, groups, paths and types.
 */
export async function writeModelFile(model: ModelFile): Promise<Uint8Array> {
  const extra = Object.entries(model.extra ?? {});
  for (const [name] of extra)
    if (OWN_GROUPS.has(name)) throw new FormatError('bad_name', name, "expected a name for the extra group that is not one of Keras's own groups");
  const bytes = expectWritable([...model.layers.flatMap(({ weights }) => weights), ...model.optimizerWeights, ...extra.flatMap(([, { arrays }]) => arrays)]);
  return writeHdf5(bytes, (file) => {
    file.text('/', 'keras_version', model.kerasVersion);
    file.text('/', 'backend', model.backend);
    file.text('/', 'model_config', model.modelConfig);
    file.group('/model_weights');
    writeLayers(file, '/model_weights', model.layers, model.kerasVersion, model.backend);
    if (model.trainingConfig) file.text('/', 'training_config', pythonJson(model.trainingConfig, OPTIMIZER_FLOATS));
    if (model.optimizerWeights.length > 0) writeGroup(file, '/optimizer_weights', 'weight_names', model.optimizerWeights);
    for (const [name, { attributes, arrays }] of extra) {
      const path = pathOf('/', name);
      writeGroup(file, path, 'array_names', arrays);
      for (const [key, text] of Object.entries(attributes)) file.text(path, key, text);
    }
  });
}

function readListed(file: Hdf5Reader, path: string, attribute: string, budget: Budget): ModelFile['optimizerWeights'] {
  // Keras 2 writes the group without the attribute where an optimizer has no weights.
  if (!file.has(path) || file.list(path, attribute) === undefined) return [];
  return readGroup(file, declareGroup(file, path.slice(1), path, attribute, budget));
}

function readExtra(file: Hdf5Reader, names: readonly string[], budget: Budget): Record<string, ExtraGroup> {
  const there = names.filter((name) => file.has(pathOf('/', name)));
  return Object.fromEntries(
    there.map((name) => {
      const path = pathOf('/', name);
      const keys = [...file.attributes(path)].filter((key) => !/^array_names\d*$/.test(key));
      const attributes = Object.fromEntries(keys.map((key) => [key, file.text(path, key) ?? '']));
      return [name, { attributes, arrays: readListed(file, path, 'array_names', budget) }];
    }),
  );
}

/** Absent members become null: tf-keras writes no sample_weight_mode, Keras 2.0 no weighted_metrics. */
function parseTrainingConfig(text: string): TrainingConfig {
  const place = 'the file@training_config';
  let config: Json;
  try {
    config = JSON.parse(text) as Json;
  } catch (error) {
    throw new FormatError('invalid_json', place, `expected JSON: ${(error as Error).message}`, { cause: error });
  }
  inspectJson(config, place);
  const optimizer = optimizerOf(isJsonObject(config) ? config['optimizer_config'] : undefined);
  if (!isJsonObject(config) || !isJsonObject(optimizer) || typeof optimizer['class_name'] !== 'string' || !isJsonObject(optimizer['config']))
    throw new FormatError('wrong_type', at(place, 'optimizer_config'), `expected an object with class_name and config, received ${quote(optimizer)}`);
  const { loss = null, metrics = null, sample_weight_mode = null, loss_weights = null } = config;
  return { ...config, optimizer_config: { ...optimizer, class_name: optimizer['class_name'], config: optimizer['config'] }, loss, metrics, sample_weight_mode, loss_weights };
}

/** The first Keras 1 wrote an optimizer as `{name, lr, …}`. */
function optimizerOf(value: Json | undefined): Json | undefined {
  if (!isJsonObject(value) || value['class_name'] !== undefined || typeof value['name'] !== 'string') return value;
  const { name, ...config } = value;
  return { class_name: name, config };
}

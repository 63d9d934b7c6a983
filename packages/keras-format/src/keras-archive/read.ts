import { FormatError } from '../format-error.js';
import { Budget, MAX_BYTES } from '../h5/keras-groups.js';
import { withFile } from '../h5/read-file.js';
import type { ModelFile, NamedArray, ReadOptions, TrainingConfig } from '../h5/weights-file.js';
import type { Hdf5Reader } from '../h5/hdf5-reader.js';
import { isJsonObject, quote, type Json, type JsonObject } from '../json.js';
import { inspectJson } from '../model/inspect.js';
import { parseModel } from '../model/parse-model.js';
import { readCompileConfig } from './compile-config.js';
import { CONFIG, METADATA, readEntries } from './entries.js';
import { layoutOf } from './layout.js';
import { readStore, variablesIn } from './store.js';

/**
 * Reads what `model.save('….keras')` of Keras 3 wrote: architecture, weights, compile arguments, optimizer state.
 * For files that somebody else made, use `readUntrusted(bytes, 'keras')`.
 *
 * @throws FormatError naming the file within the archive, or the place within one.
 */
export async function readKerasArchive(bytes: Uint8Array, options: Omit<ReadOptions, 'extra'> = {}): Promise<ModelFile> {
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  const { metadata, config, weights } = readEntries(bytes, maxBytes);
  const kerasVersion = readVersion(metadata);
  const source = parseObject(config, CONFIG);
  inspectJson(source);
  const { compile_config: compiled, ...modelConfig } = source;
  const description = parseModel(modelConfig, { kerasVersion });
  const trainingConfig = readCompileConfig(compiled, `${CONFIG}/compile_config`);
  return withFile(weights, (file) => {
    const budget = new Budget(maxBytes);
    const layers = readStore(file, layoutOf(description), options, budget);
    const optimizerWeights = trainingConfig ? readOptimizer(file, trainingConfig, budget) : [];
    const model: ModelFile = { kerasVersion, backend: 'tensorflow', modelConfig: JSON.stringify(modelConfig), layers, optimizerWeights };
    return trainingConfig ? { ...model, trainingConfig } : model;
  });
}

/** `optimizer/vars`: iterations, the learning rate unless it is a schedule, then the slots in the optimizer's order. */
function readOptimizer(file: Hdf5Reader, { optimizer_config: { config } }: TrainingConfig, budget: Budget): NamedArray[] {
  const paths = variablesIn(file, 'optimizer');
  for (const path of paths) budget.take(file.declaration(path), path.slice(1));
  const named = typeof config['learning_rate'] === 'object' ? ['iteration'] : ['iteration', 'learning_rate'];
  return paths.map((path, i) => ({ name: `optimizer/${named[i] ?? `vars/${i}`}`, array: file.array(path) }));
}

function readVersion(metadata: string): string {
  const version = parseObject(metadata, METADATA)['keras_version'];
  if (typeof version !== 'string' || !/^3(\.\d{1,6}){0,3}[\w.+-]{0,20}$/.test(version))
    throw new FormatError('unsupported_version', `${METADATA}/keras_version`, `expected a version of Keras 3, such as "3.15.1", received ${quote(version)}`);
  return version;
}

function parseObject(text: string, place: string): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new FormatError('invalid_json', place, `expected JSON: ${(error as Error).message}`, { cause: error });
  }
  if (!isJsonObject(value)) throw new FormatError('wrong_type', place, `expected an object, received ${quote(value)}`);
  return value;
}


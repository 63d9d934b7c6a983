import { isJsonObject, type Json, type JsonObject } from '../json.js';
import type { ModelDescription } from './model-description.js';
import { pythonJson } from './python-json.js';
import { pythonYaml } from './python-yaml.js';
import { FLOATS, toKeras2 } from './versions/keras2/write.js';
import { moduleOf, toKeras3 } from './versions/keras3/write.js';

export interface WriteModelOptions {
  /** The major version of Keras that is to read it. Default: the one that wrote the model. */
  keras?: 2 | 3;
}

/**
 * The model as `model.to_json()` writes it, in the layout and escapes of Python's `json.dumps`. For the major version that
 * wrote it the config stays as it was received, so it means what it meant to that Keras.
 */
export function writeModelJson(description: ModelDescription, options: WriteModelOptions = {}): string {
  return pythonJson(modelObject(description, options), floatsOf(description, options));
}

/** The model as `model.to_yaml()` writes it, with lists where Keras 2.0 has tuples. */
export function writeModelYaml(description: ModelDescription, options: WriteModelOptions = {}): string {
  return pythonYaml(modelObject(description, options), floatsOf(description, options));
}

/**
 * `model_config` of an .h5 file of Keras 2, or of Keras 3 for a model of Keras 3: class_name and config alone. The latter is
 * written anew, without the mask operations that Keras 3 writes and cannot read from its own .h5 files.
 */
export function writeModelConfig(description: ModelDescription): string {
  const options: WriteModelOptions = { keras: 2 };
  const keras3 = description.kerasVersion.startsWith('3');
  const { class_name = null, config = null } = keras3 ? toKeras3(description) : modelObject(description, options);
  return pythonJson({ class_name, config }, keras3 ? FLOATS : floatsOf(description, options));
}

function modelObject(description: ModelDescription, options: WriteModelOptions): JsonObject {
  if (isAsReceived(description, options)) return asReceived(description);
  return options.keras === 3 ? toKeras3(description) : toKeras2(description);
}

/** A model that was made anew, and not read, has no source. */
function isAsReceived({ kerasVersion, source }: ModelDescription, { keras }: WriteModelOptions): boolean {
  if (!isJsonObject(source)) return false;
  return keras === undefined || kerasVersion.startsWith(`${keras}.`) || kerasVersion === String(keras);
}

/** The model's object as the Keras that wrote it wrote it. */
export function asReceived(description: ModelDescription): JsonObject {
  const source: JsonObject = isJsonObject(description.source) ? description.source : {};
  const config: Json = source['config'] ?? null;
  // Keras 3 says where a class is from, and no version; its .h5 files leave that out.
  if (description.kerasVersion.startsWith('3'))
    return { module: source['module'] ?? moduleOf(description), class_name: source['class_name'] ?? description.className, config, registered_name: source['registered_name'] ?? null };
  const written: JsonObject = { class_name: source['class_name'] ?? description.className, config, keras_version: description.kerasVersion };
  // Keras 1 names no backend.
  if (!description.kerasVersion.startsWith('1')) written['backend'] = 'tensorflow';
  return written;
}

/** What is written as it was received has its numbers' texts with it. */
function floatsOf(description: ModelDescription, options: WriteModelOptions): ReadonlySet<string> | undefined {
  return isAsReceived(description, options) ? undefined : FLOATS;
}

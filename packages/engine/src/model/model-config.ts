import { isJsonObject, type Json, parseModel, writeModelJson } from '@trainyard/keras-format';

import { buildModel } from './build-model.js';
import { getLayer } from './get-layer.js';
import type { Model } from './model.js';

/** Keras's `model.get_config()`: the config as the model's JSON has it, in the words of the Keras that wrote it. */
export function getConfig(model: Model): Json {
  const json: unknown = JSON.parse(writeModelJson(model.description));
  return (json as { config: Json }).config;
}

/** `layer.get_config()` of a layer of the model's top level, in Keras 2's words. @throws RangeError in Keras's words for a layer that is not there. */
export function getLayerConfig(model: Model, which: string | number): Json {
  const { name } = getLayer(model, which);
  const layer = model.description.layers.find((candidate) => candidate.name === name);
  if (!layer) throw new RangeError(`No such layer: ${name}`);
  const source = layer.model?.source;
  return isJsonObject(source) ? (source['config'] ?? null) : layer.config;
}

/**
 * `Model.from_config` and `Sequential.from_config`: a model anew, its weights not drawn.
 * @param kerasVersion the Keras whose words the config has.
 * @throws FormatError with the place, as for a model's JSON.
 */
export function fromConfig(className: 'Sequential' | 'Model', config: Json, kerasVersion = '2.0.8'): Model {
  return buildModel(parseModel({ class_name: className, config, keras_version: kerasVersion }));
}

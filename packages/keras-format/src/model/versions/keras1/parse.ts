import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, quote, type Json, type JsonObject } from '../../../json.js';
import type { ModelDescription } from '../../model-description.js';
import { parseTree, type Dialect } from '../keras2/parse.js';
import { goneLayers, layerReaders } from './layers/registry.js';
import { parseMergeSequential } from './merge-sequential.js';
import { Translation, type DataFormat } from './translation.js';

/**
 * Reads a model that Keras 1 wrote. The tree is that of Keras 2.0; each layer is read by its class, and described in
 * Keras 2's words.
 */
export function parseKeras1(source: JsonObject, kerasVersion: string): ModelDescription {
  return parseTree(source, kerasVersion, keras1(dataFormatOf(source)));
}

function keras1(dataFormat: DataFormat): Dialect {
  return {
    layer(layer) {
      const { className, pointer } = layer;
      const instead = goneLayers.get(className);
      if (instead !== undefined)
        throw new FormatError('unsupported_layer', at(pointer, 'class_name'), `${className} exists in Keras 1 only; use ${instead} in its place`);
      const read = layerReaders.get(className);
      if (!read) throw new FormatError('unknown_layer', at(pointer, 'class_name'), `expected a layer of Keras 1.2 (${[...layerReaders.keys()].sort().join(', ')}), received ${quote(className)}`);
      const translation = new Translation(layer, dataFormat);
      return { className: read(translation), config: translation.config, sourceNames: translation.sourceNames };
    },
    sequential: parseMergeSequential,
  };
}

/**
 * The data format of layers whose config does not say: UpSampling, ZeroPadding, Cropping, SpatialDropout. Keras 1 takes
 * that of the machine which loads the model; here it is that of the model's other layers, `tf` where they differ.
 */
function dataFormatOf(source: JsonObject): DataFormat {
  const said = new Set<Json>();
  const waiting: Json[] = [source];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (Array.isArray(value)) for (const item of value) waiting.push(item);
    else if (isJsonObject(value))
      for (const [key, item] of Object.entries(value)) {
        if (key === 'dim_ordering') said.add(item);
        else waiting.push(item);
      }
  }
  return said.has('th') && said.size === 1 ? 'channels_first' : 'channels_last';
}

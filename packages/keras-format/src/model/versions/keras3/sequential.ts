import { FormatError } from '../../../format-error.js';
import { at, type JsonObject } from '../../../json.js';
import type { ModelDescription } from '../../model-description.js';
import { expectList, expectName, expectObject } from '../keras2/fields.js';
import { checkNames } from '../keras2/graph.js';
import type { Parse } from '../keras2/parse.js';
import { parseLayer } from './layer.js';
import { requireFloat32 } from './objects.js';

/** A Sequential: `{name, trainable, dtype, layers, build_input_shape}`. */
export function parseSequential(source: JsonObject, pointer: string, parse: Parse): ModelDescription {
  const configPointer = at(pointer, 'config');
  const config = expectObject(source['config'], configPointer, 'the config of this Sequential');
  requireFloat32(config['dtype'], at(configPointer, 'dtype'));
  const name = expectName(config, 'name', configPointer, 'the name of the model');
  const listPointer = at(configPointer, 'layers');
  const list = expectList(config['layers'], listPointer, 'the layers of this Sequential');
  if (list.length === 0) throw new FormatError('empty_model', listPointer, 'expected at least one layer, received none');
  const layers = list.map((layer, index) => parseLayer(layer, at(listPointer, index), parse, 'elsewhere'));
  checkNames(layers);
  // A Sequential that was built by a call keeps its input's shape beside its layers.
  const [first] = layers;
  if (first && !first.model && first.className !== 'InputLayer' && config['build_input_shape'] !== undefined)
    first.config = { ...first.config, batch_input_shape: config['build_input_shape'] };
  return { className: 'Sequential', name, kerasVersion: parse.kerasVersion, layers, inputs: [], outputs: [], pointer, source };
}

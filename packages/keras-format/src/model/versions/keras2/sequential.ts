import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, type JsonObject } from '../../../json.js';
import type { ModelDescription } from '../../model-description.js';
import { expectList, expectName } from './fields.js';
import { checkNames } from './graph.js';
import { parseLayer } from './layer.js';
import type { TreeParse } from './parse.js';

/**
 * A Sequential: its config is the list of its layers up to Keras 2.2.2, and `{name, layers}` from 2.2.3 on.
 * @param name the name that a functional parent gives it.
 */
export function parseSequential(source: JsonObject, pointer: string, parse: TreeParse, name?: string): ModelDescription {
  const config = source['config'];
  const configPointer = at(pointer, 'config');
  const asDict = isJsonObject(config);
  const ownName = asDict && config['name'] !== undefined ? expectName(config, 'name', configPointer, 'the name of the model') : (name ?? parse.nextSequentialName());
  const listPointer = asDict ? at(configPointer, 'layers') : configPointer;
  const list = expectList(asDict ? config['layers'] : config, listPointer, 'the layers of this Sequential');
  if (list.length === 0) throw new FormatError('empty_model', listPointer, 'expected at least one layer, received none');
  const layers = list.map((layer, index) => parseLayer(layer, at(listPointer, index), parse, 'elsewhere'));
  checkNames(layers);
  return { className: 'Sequential', name: ownName, kerasVersion: parse.kerasVersion, layers, inputs: [], outputs: [], pointer, source };
}

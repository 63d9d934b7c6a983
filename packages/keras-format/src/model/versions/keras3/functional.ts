import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, type Json, type JsonObject } from '../../../json.js';
import type { InboundNode, ModelDescription, TensorRef } from '../../model-description.js';
import { expectList, expectName, expectObject, missingOrWrong } from '../keras2/fields.js';
import { checkGraph, checkNames } from '../keras2/graph.js';
import type { Parse } from '../keras2/parse.js';
import { parseLayer } from './layer.js';
import { parseNodes, type PlacedRef, readRef, resolveRef } from './nodes.js';

/** A model made of layers' outputs: `{name, layers, input_layers, output_layers}`. */
export function parseFunctional(source: JsonObject, pointer: string, parse: Parse): ModelDescription {
  const configPointer = at(pointer, 'config');
  const config = expectObject(source['config'], configPointer, 'the config of this model');
  const name = expectName(config, 'name', configPointer, 'the name of the model');
  const listPointer = at(configPointer, 'layers');
  const list = expectList(config['layers'], listPointer, 'the layers of this model');
  const layers = list.map((layer, index) => parseLayer(layer, at(listPointer, index), parse, 'functional'));
  checkNames(layers);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  // parseLayer has made sure that they are objects.
  const calls = layers.map((layer, index) => parseNodes((list[index] as JsonObject)['inbound_nodes'], at(layer.pointer, 'inbound_nodes'), layer, parse));
  // References are checked when all calls are known.
  layers.forEach((layer, index) => (layer.inboundNodes = (calls[index] ?? []).map(({ kwargs }): InboundNode => ({ inputs: [], kwargs }))));
  calls.forEach((nodes, index) => nodes.forEach(({ inputs }, node) => layers[index]?.inboundNodes[node]?.inputs.push(...inputs.map((ref) => resolveRef(ref, byName)))));
  const ends = (field: string): TensorRef[] => {
    const found = readEnds(config[field], at(configPointer, field));
    if (found.length === 0) throw new FormatError('empty_list', at(configPointer, field), 'expected at least one [layer, node, tensor], received none');
    return found.map((end) => resolveRef(end, byName));
  };
  const model: ModelDescription = { className: 'Model', name, kerasVersion: parse.kerasVersion, layers, inputs: ends('input_layers'), outputs: ends('output_layers'), pointer, source };
  checkGraph(model);
  return model;
}

/**
 * `input_layers` or `output_layers`: one reference, a list of such structures, or an object of them, whose members Keras
 * takes in the order of their names.
 */
function readEnds(value: Json | undefined, pointer: string): PlacedRef[] {
  if (Array.isArray(value)) {
    if (typeof value[0] === 'string') return [{ ref: readRef(value, pointer), place: pointer }];
    return value.flatMap((item, index) => readEnds(item, at(pointer, index)));
  }
  if (!isJsonObject(value)) throw missingOrWrong(value, pointer, '[layer, node, tensor], or a list or an object of these');
  const names = Object.keys(value).sort();
  return names.flatMap((name) => readEnds(value[name], at(pointer, name)));
}

import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, quote, type Json, type JsonObject } from '../../../json.js';
import type { InboundNode, LayerDescription, ModelDescription, TensorRef } from '../../model-description.js';
import { expectList, expectName, expectObject, missingOrWrong } from '../keras2/fields.js';
import { checkGraph, checkNames } from '../keras2/graph.js';
import type { Parse } from '../keras2/parse.js';
import { parseLayer } from './layer.js';
import { carriesMask, isMaskOperation, maskOperations } from './masks.js';
import { parseNodes, type PlacedRef, resolveRef } from './nodes.js';
import { readRef } from './refs.js';

/** A model made of layers' outputs: `{name, layers, input_layers, output_layers}`. */
export function parseFunctional(source: JsonObject, pointer: string, parse: Parse): ModelDescription {
  const configPointer = at(pointer, 'config');
  const config = expectObject(source['config'], configPointer, 'the config of this model');
  const name = expectName(config, 'name', configPointer, 'the name of the model');
  const listPointer = at(configPointer, 'layers');
  const list = expectList(config['layers'], listPointer, 'the layers of this model');
  const entries = list.map((entry, index) => ({ entry, pointer: at(listPointer, index) }));
  const operations = maskOperations(entries.flatMap(({ entry, pointer: place }) => (isMaskOperation(entry) ? [{ entry, pointer: place }] : [])));
  const placed = entries.filter(({ entry }) => !isMaskOperation(entry));
  const layers = placed.map(({ entry, pointer: place }) => parseLayer(entry, place, parse, 'functional'));
  checkNames(layers);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  // parseLayer has made sure that they are objects.
  const calls = layers.map((layer, index) => parseNodes((placed[index]?.entry as JsonObject)['inbound_nodes'], at(layer.pointer, 'inbound_nodes'), layer, parse, operations));
  // References are checked when all calls are known.
  layers.forEach((layer, index) => (layer.inboundNodes = (calls[index] ?? []).map(({ kwargs }): InboundNode => ({ inputs: [], kwargs }))));
  calls.forEach((nodes, index) => nodes.forEach(({ inputs }, node) => layers[index]?.inboundNodes[node]?.inputs.push(...inputs.map((ref) => resolveRef(ref, byName, 0)))));
  // In these lists, and not among arguments, the calls of a nested functional model count from 1: its node 0 is its own inside.
  const ends = (field: string): TensorRef[] => {
    const found = readEnds(config[field], at(configPointer, field));
    if (found.length === 0) throw new FormatError('empty_list', at(configPointer, field), 'expected at least one [layer, node, tensor], received none');
    return found.map((end) => resolveRef(end, byName, 1));
  };
  const model: ModelDescription = { className: 'Model', name, kerasVersion: parse.kerasVersion, layers, inputs: ends('input_layers'), outputs: ends('output_layers'), pointer, source };
  checkGraph(model);
  calls.forEach((nodes, index) => nodes.forEach(({ masks }, node) => requireOwnMasks(layers[index]?.inboundNodes[node]?.inputs ?? [], masks, byName)));
  return model;
}

/** A mask that a call names must be the one that its inputs have without it. */
function requireOwnMasks(inputs: readonly TensorRef[], masks: readonly PlacedRef[], layers: ReadonlyMap<string, LayerDescription>): void {
  for (const { ref, place } of masks)
    if (!carriesMask(inputs, ref, layers))
      throw new FormatError('unsupported_argument', place, `expected the mask that comes with the inputs of the call, received one made of ${quote(ref.layer)}; a mask of another origin is not supported`);
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

import { FormatError } from '../../../format-error.js';
import { at, quote, type Json, type JsonObject } from '../../../json.js';
import type { InboundNode, LayerDescription, ModelDescription, TensorRef } from '../../model-description.js';
import { expectList, expectName, expectObject, missingOrWrong } from './fields.js';
import { checkGraph, checkNames } from './graph.js';
import { parseLayer } from './layer.js';
import type { TreeParse } from './parse.js';

/** A model made of layers' outputs: `{name, layers, input_layers, output_layers}`. */
export function parseFunctional(source: JsonObject, pointer: string, parse: TreeParse): ModelDescription {
  const configPointer = at(pointer, 'config');
  const config = expectObject(source['config'], configPointer, 'the config of this Model');
  const name = expectName(config, 'name', configPointer, 'the name of the model');
  const listPointer = at(configPointer, 'layers');
  const list = expectList(config['layers'], listPointer, 'the layers of this Model');
  const layers = list.map((layer, index) => parseLayer(layer, at(listPointer, index), parse, 'functional'));
  checkNames(layers);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  layers.forEach((layer, index) => {
    // parseLayer has made sure that it is an object.
    layer.inboundNodes = parseNodes((list[index] as JsonObject)['inbound_nodes'], layer, byName, parse);
  });
  const inputs = parseEnds(config['input_layers'], at(configPointer, 'input_layers'), byName);
  const outputs = parseEnds(config['output_layers'], at(configPointer, 'output_layers'), byName);
  const model: ModelDescription = { className: 'Model', name, kerasVersion: parse.kerasVersion, layers, inputs, outputs, pointer, source };
  checkGraph(model);
  return model;
}

type Layers = ReadonlyMap<string, LayerDescription>;

/** Arguments after the first that tf-keras writes as keywords though they are tensors, in their order. */
const TENSOR_ARGUMENTS: Readonly<Record<string, readonly string[]>> = { MultiHeadAttention: ['value', 'key'] };

/** A layer's calls. Tensors among the keyword arguments join the inputs, in the order in which the layer takes them. */
function parseNodes(value: Json | undefined, layer: LayerDescription, layers: Layers, parse: TreeParse): InboundNode[] {
  const pointer = at(layer.pointer, 'inbound_nodes');
  return expectList(value, pointer, "the layer's inbound nodes").map((node, index) => {
    const nodePointer = at(pointer, index);
    const tensors = refsOf(node, nodePointer, 'the tensors that the layer is called on');
    const inputs = tensors.map((tensor) => parseRef(tensor, layers));
    // Each tensor repeats the keyword arguments of the call; Keras takes the last. parseRef has made sure that it is a list.
    const last = tensors.at(-1) as { value: Json[]; pointer: string };
    const kwargs = last.value[3] === undefined ? {} : { ...expectObject(last.value[3], at(last.pointer, 3), 'keyword arguments') };
    for (const name of TENSOR_ARGUMENTS[layer.className] ?? []) {
      const argument = kwargs[name];
      delete kwargs[name];
      if (argument !== undefined && argument !== null) inputs.push(parseRef({ value: argument, pointer: at(at(last.pointer, 3), name) }, layers));
    }
    parse.countInbound(inputs.length, nodePointer);
    return { inputs, kwargs };
  });
}

/** `input_layers` or `output_layers`. */
function parseEnds(value: Json | undefined, pointer: string, layers: Layers): TensorRef[] {
  return refsOf(value, pointer, 'a list of [layer, node, tensor]').map((ref) => parseRef(ref, layers));
}

/** The members of a list of `[layer, node, tensor]`, each with its place; where there is one, tf-keras may leave out the outer list. */
function refsOf(value: Json | undefined, pointer: string, what: string): { value: Json; pointer: string }[] {
  const list = expectList(value, pointer, what);
  if (list.length === 0) throw new FormatError('empty_list', pointer, `expected ${what}, received an empty list`);
  if (typeof list[0] === 'string') return [{ value: list, pointer }];
  return list.map((item, index) => ({ value: item, pointer: at(pointer, index) }));
}

function parseRef({ value, pointer }: { value: Json; pointer: string }, layers: Layers): TensorRef {
  const ref = expectList(value, pointer, '[layer, node, tensor]');
  const [layer, node, tensor] = ref;
  if (typeof layer !== 'string' || !isIndex(node) || !isIndex(tensor) || ref.length < 3 || ref.length > 4)
    throw missingOrWrong(value, pointer, '[name of a layer, index of its node, index of that node\'s tensor]');
  const target = layers.get(layer);
  if (!target) throw new FormatError('missing_layer', at(pointer, 0), `expected the name of a layer of this model, received ${quote(layer)}`);
  // Keras counts the node that links a model's own inputs to its outputs as its first.
  return { layer, node: target.model ? node - 1 : node, tensor };
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, type JsonObject } from '../../../json.js';
import type { InboundNode, LayerDescription, ModelDescription, TensorRef } from '../../model-description.js';
import { expectList } from '../keras2/fields.js';
import { checkGraph, checkNames } from '../keras2/graph.js';
import { parseLayer } from '../keras2/layer.js';
import type { TreeParse } from '../keras2/parse.js';
import { inKerasOrder } from './layer-order.js';

/** Layers that end in one tensor, with the inputs that they start from. */
interface Branch {
  layers: LayerDescription[];
  inputs: TensorRef[];
  output: TensorRef;
}

/**
 * A Sequential whose first layer is a Merge of branches (models and layers): a functional model, which later Keras asks
 * for here. Branches that are models are laid open, as Keras 1 lays them open when it writes the model's weights.
 */
export function parseMergeSequential(source: JsonObject, pointer: string, parse: TreeParse, name?: string): ModelDescription | undefined {
  const list = source['config'];
  const first = Array.isArray(list) ? list[0] : undefined;
  if (!Array.isArray(list) || !isJsonObject(first) || first['class_name'] !== 'Merge' || !isJsonObject(first['config'])) return undefined;
  const ownName = name ?? parse.nextSequentialName();
  const listPointer = at(pointer, 'config');
  const branchesPointer = at(at(at(listPointer, 0), 'config'), 'layers');
  const branches = expectList(first['config']['layers'], branchesPointer, 'the layers that this Merge, the first layer of a Sequential, merges').map((branch, index) =>
    branchOf(parseLayer(branch, at(branchesPointer, index), parse, 'elsewhere')),
  );
  if (branches.length < 2) throw new FormatError('empty_list', branchesPointer, `expected at least two layers to merge, received ${branches.length}`);
  const merged: LayerDescription = { ...parseLayer(first, at(listPointer, 0), parse, 'elsewhere'), inboundNodes: [call(...branches.map(({ output }) => output))] };
  const behind = list.slice(1).map((layer, index) => parseLayer(layer, at(listPointer, index + 1), parse, 'elsewhere'));
  const tail = chain(behind, outputOf(merged));
  const layers = [...branches.flatMap((branch) => branch.layers), merged, ...tail.layers];
  checkNames(layers);
  const model: ModelDescription = { className: 'Model', name: ownName, kerasVersion: parse.kerasVersion, layers, inputs: branches.flatMap(({ inputs }) => inputs), outputs: [tail.output], pointer, source };
  checkGraph(model);
  return { ...model, layers: inKerasOrder(layers, model.outputs), fileOrder: layers.map((layer) => layer.name) };
}

function branchOf(layer: LayerDescription): Branch {
  const { model } = layer;
  if (model?.className === 'Model') return { layers: model.layers, inputs: model.inputs, output: onlyOutput(model) };
  const own = model ? model.layers : [layer];
  const given = own[0]?.className === 'InputLayer' ? own[0] : undefined;
  const input = given ?? inputLayer(layer);
  const { layers, output } = chain(given ? own.slice(1) : own, outputOf(input));
  return { layers: [input, ...layers], inputs: [outputOf(input)], output };
}

function onlyOutput(model: ModelDescription): TensorRef {
  const [output, ...more] = model.outputs;
  if (!output || more.length > 0) throw new FormatError('invalid_model', model.pointer, `expected a model of one output as a branch of a Merge, received one of ${model.outputs.length}`);
  return output;
}

/** Layers called one after the other. */
function chain(layers: readonly LayerDescription[], from: TensorRef): { layers: LayerDescription[]; output: TensorRef } {
  let output = from;
  const called = layers.map((layer) => {
    const node = call(output);
    output = outputOf(layer);
    return { ...layer, inboundNodes: [node] };
  });
  return { layers: called, output };
}

/** The input that Keras makes for the first layer of a Sequential. */
function inputLayer(layer: LayerDescription): LayerDescription {
  const first = firstOf(layer);
  const { batch_input_shape: shape, dtype = 'float32' } = first.config;
  if (shape === undefined) throw new FormatError('missing_field', at(at(first.pointer, 'config'), 'batch_input_shape'), 'expected the shape of the input (its batch dimension first) in the first layer of a branch, received nothing');
  const name = first.className === 'InputLayer' ? first.name : `${first.name}_input`;
  return { className: 'InputLayer', name, config: { name, batch_input_shape: shape, dtype, sparse: false }, pointer: first.pointer, inboundNodes: [] };
}

/** The layer that says the shape of a model's input, through all Sequentials that begin with another. */
function firstOf(layer: LayerDescription): LayerDescription {
  const { model } = layer;
  if (!model) return layer;
  const first = model.className === 'Model' ? model.layers.find(({ name }) => name === model.inputs[0]?.layer) : model.layers[0];
  return first ? firstOf(first) : layer;
}

function call(...inputs: TensorRef[]): InboundNode {
  return { inputs, kwargs: {} };
}

function outputOf(layer: LayerDescription): TensorRef {
  return { layer: layer.name, node: 0, tensor: 0 };
}

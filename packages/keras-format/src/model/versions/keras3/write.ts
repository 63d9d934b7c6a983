import { FormatError } from '../../../format-error.js';
import { at, quote, type Json, type JsonObject } from '../../../json.js';
import type { InboundNode, LayerDescription, ModelDescription, TensorRef } from '../../model-description.js';
import { writeConfig } from './write-config.js';
import { TENSOR_ARGUMENTS } from './nodes.js';

/**
 * A model of any version as Keras 3's `to_json` has it: `{module, class_name, config, registered_name}`.
 *
 * The layers compute what they did, given weights in which `hard_sigmoid` was taken into account: see `hard-sigmoid.ts`.
 * @throws FormatError naming the layer that Keras 3 does not have, or whose meaning it does not have.
 */
export function toKeras3(model: ModelDescription): JsonObject {
  return writeModel(model, true);
}

/** Where Keras 3 has the class of a model. */
export function moduleOf({ className }: Pick<ModelDescription, 'className'>): string {
  return className === 'Sequential' ? 'keras' : 'keras.src.models.functional';
}

function writeModel(model: ModelDescription, trainable: Json): JsonObject {
  requireName(model.name, model.pointer);
  if (model.className === 'Sequential') {
    const layers = withInputLayer(model).map((layer) => writeLayer(layer));
    return { module: moduleOf(model), class_name: 'Sequential', config: { name: model.name, trainable, dtype: 'float32', layers }, registered_name: null };
  }
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const layers = model.layers.map((layer): JsonObject => ({
    ...writeLayer(layer),
    name: layer.name,
    inbound_nodes: layer.inboundNodes.map((node) => writeNode(layer, node)),
  }));
  const config = { name: model.name, trainable, layers, input_layers: writeEnds(model.inputs, byName), output_layers: writeEnds(model.outputs, byName) };
  return { module: moduleOf(model), class_name: 'Functional', config, registered_name: 'Functional' };
}

function writeLayer(layer: LayerDescription): JsonObject {
  requireName(layer.name, layer.pointer);
  if (layer.model) return writeModel({ ...layer.model, name: layer.name }, layer.config['trainable'] ?? true);
  const { className, config } = writeConfig(layer);
  const inner: JsonObject = layer.wrapped ? { layer: writeLayer(layer.wrapped) } : {};
  return { module: 'keras.layers', class_name: className, config: { name: layer.name, ...config, ...inner }, registered_name: null };
}

/** Keras 2.0 keeps the shape of a Sequential's input with its first layer, Keras 3 in an InputLayer. */
function withInputLayer(model: ModelDescription): LayerDescription[] {
  const [first] = model.layers;
  if (!first || first.className === 'InputLayer') return model.layers;
  const input = inputOf(first);
  if (!input) return model.layers;
  const name = `${first.name}_input`;
  return [{ className: 'InputLayer', name, config: { name, ...input }, pointer: first.pointer, inboundNodes: [] }, ...model.layers];
}

function inputOf({ model, config }: LayerDescription): JsonObject | undefined {
  if (model) {
    const first = model.className === 'Sequential' ? model.layers[0] : model.layers.find(({ name }) => name === model.inputs[0]?.layer);
    return first && inputOf(first);
  }
  const { batch_input_shape: shape, dtype } = config;
  return Array.isArray(shape) ? { batch_input_shape: shape, dtype: typeof dtype === 'string' ? dtype : 'float32' } : undefined;
}

type Layers = ReadonlyMap<string, LayerDescription>;

/** A call `{args, kwargs}`: merging layers and models of several inputs take a list, others what they name one by one. */
function writeNode({ className, model }: LayerDescription, { inputs, kwargs: given }: InboundNode): JsonObject {
  const kwargs = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== false));
  const tensors = inputs.map(writeTensor);
  const [first = null, ...others] = tensors;
  const [, ...names] = TENSOR_ARGUMENTS[className] ?? ['inputs'];
  if (names[0] === 'initial_state') return { args: [first], kwargs: { ...kwargs, ...(others.length > 0 ? { initial_state: others } : {}) } };
  if (names.length > 0) return { args: [first], kwargs: { ...kwargs, ...Object.fromEntries(others.map((tensor, i) => [names[i] as string, tensor])) } };
  const list = tensors.length > 1 || (!model && LIST_CLASSES.has(className));
  return { args: [list ? tensors : first], kwargs };
}

/** Layers that take a list even where it has one member. */
const LIST_CLASSES = new Set(['Add', 'Average', 'Concatenate', 'Dot', 'Maximum', 'Minimum', 'Multiply', 'Subtract']);

/** Keras finds the tensor by its history; the shape stands for what it has then. */
function writeTensor({ layer, node, tensor }: TensorRef): JsonObject {
  return { class_name: '__keras_tensor__', config: { shape: [null], dtype: 'float32', keras_history: [layer, node, tensor] } };
}

/**
 * Where there is one, Keras takes the structure for its answers: a tensor, and not a list of one. In these lists, and not
 * among arguments, the calls of a nested functional model count from 1: its node 0 is its own inside.
 */
function writeEnds(refs: readonly TensorRef[], layers: Layers): Json[] {
  const ends = refs.map(({ layer, node, tensor }): Json[] => [layer, layers.get(layer)?.model?.className === 'Model' ? node + 1 : node, tensor]);
  return ends.length === 1 ? (ends[0] ?? []) : ends;
}

function requireName(name: string, pointer: string): void {
  if (name.includes('/')) throw new FormatError('not_in_keras3', at(pointer, 'name'), `expected a name without "/", which Keras 3 refuses, received ${quote(name)}`);
}

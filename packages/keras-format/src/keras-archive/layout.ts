import type { JsonObject } from '../json.js';
import type { LayerDescription, ModelDescription } from '../model/model-description.js';

/** A group of variables in Keras 3's layout of weights. */
export interface VariableGroup {
  /** `layers/lstm/cell`; its arrays are `layers/lstm/cell/vars/0`, `…/1`, … */
  readonly path: string;
  /** Keras's name of the object that has them: an attribute of the group. */
  readonly name: string;
  readonly weights: readonly GroupWeight[];
}

export interface GroupWeight {
  /** `kernel` */
  readonly name: string;
  /** False where the layer or a model around it is frozen, and for what training moves without a gradient. */
  readonly trainable: boolean;
}

/** A layer of the model's top level with all groups inside it, in the order in which `layer.weights` has their arrays but for what is trainable. */
export interface LayerGroups {
  readonly layer: string;
  readonly groups: readonly VariableGroup[];
}

const withBias = (...names: string[]) => (config: JsonObject): string[] => [...names, ...(config['use_bias'] === false ? [] : ['bias'])];
const affine = (config: JsonObject): string[] => [...(config['scale'] === false ? [] : ['gamma']), ...(config['center'] === false ? [] : ['beta'])];
const kernel = withBias('kernel');
const MOVING = ['moving_mean', 'moving_variance'];

/** The layers that have weights of their own, in Keras's order. */
const OWN_WEIGHTS: ReadonlyMap<string, (config: JsonObject) => string[]> = new Map([
  ['Dense', kernel],
  ['Conv1D', kernel],
  ['Conv2D', kernel],
  ['Conv3D', kernel],
  ['Conv1DTranspose', kernel],
  ['Conv2DTranspose', kernel],
  ['Conv3DTranspose', kernel],
  ['DepthwiseConv2D', kernel],
  ['SeparableConv1D', withBias('depthwise_kernel', 'pointwise_kernel')],
  ['SeparableConv2D', withBias('depthwise_kernel', 'pointwise_kernel')],
  ['BatchNormalization', (config) => [...affine(config), ...MOVING]],
  ['LayerNormalization', affine],
  ['GroupNormalization', affine],
  ['Embedding', () => ['embeddings']],
  ['PReLU', () => ['alpha']],
  ['Attention', (config) => (config['use_scale'] === true ? ['scale'] : [])],
  ['AdditiveAttention', (config) => (config['use_scale'] === false ? [] : ['scale'])],
]);

/** Recurrent layers keep their weights in their cell. */
const CELLS: ReadonlyMap<string, string> = new Map([
  ['LSTM', 'lstm_cell'],
  ['GRU', 'gru_cell'],
  ['SimpleRNN', 'simple_rnn_cell'],
  ['ConvLSTM2D', 'conv_lstm_cell'],
]);

/** The dense layers inside MultiHeadAttention, with their names. */
const ATTENTION = [
  ['query_dense', 'query'],
  ['key_dense', 'key'],
  ['value_dense', 'value'],
  ['output_dense', 'attention_output'],
] as const;

/** Where Keras 3 keeps the weights of a model's layers: in its `*.weights.h5` files, and inside `.keras` archives. */
export function layoutOf(model: ModelDescription): LayerGroups[] {
  return namedLayers(model, 'layers').map(({ layer, path }) => ({ layer: layer.name, groups: groupsOf(layer, path, true) }));
}

/** Keras numbers the layers of a model by their class: `dense`, `dense_1`. A Sequential's InputLayer is not one of them. */
function namedLayers(model: ModelDescription, parent: string): { layer: LayerDescription; path: string }[] {
  const used = new Map<string, number>();
  const layers = model.className === 'Sequential' ? model.layers.filter(({ className }) => className !== 'InputLayer') : model.layers;
  return layers.map((layer) => {
    const base = snakeCase(layer.className === 'Model' ? 'Functional' : layer.className);
    const count = used.get(base) ?? 0;
    used.set(base, count + 1);
    return { layer, path: `${parent}/${count === 0 ? base : `${base}_${count}`}` };
  });
}

function groupsOf(layer: LayerDescription, path: string, trainableAround: boolean): VariableGroup[] {
  const { className, name, config, model, wrapped } = layer;
  const trainable = trainableAround && config['trainable'] !== false;
  if (model) return [group(path, name, [], trainable), ...namedLayers(model, `${path}/layers`).flatMap((inner) => groupsOf(inner.layer, inner.path, trainable))];
  const cell = CELLS.get(className);
  if (cell) return [group(path, name, [], trainable), group(`${path}/cell`, cell, withBias('kernel', 'recurrent_kernel')(config), trainable)];
  if (className === 'MultiHeadAttention') return [group(path, name, [], trainable), ...ATTENTION.map(([child, label]) => group(`${path}/${child}`, label, kernel(config), trainable))];
  // Whether a wrapper's weights are trainable is for the layer inside it to say.
  if (wrapped && className === 'Bidirectional')
    return [group(path, name, [], true), ...(['forward', 'backward'] as const).flatMap((direction) => groupsOf({ ...wrapped, name: `${direction}_${wrapped.name}` }, `${path}/${direction}_layer`, trainableAround))];
  if (wrapped) return [group(path, name, [], true), ...groupsOf(wrapped, `${path}/layer`, trainableAround)];
  return [group(path, name, OWN_WEIGHTS.get(className)?.(config) ?? [], trainable)];
}

function group(path: string, name: string, weights: readonly string[], trainable: boolean): VariableGroup {
  return { path, name, weights: weights.map((weight) => ({ name: weight, trainable: trainable && !MOVING.includes(weight) })) };
}

/** `LeakyReLU` → `leaky_re_lu`, as Keras makes names of its classes. */
function snakeCase(className: string): string {
  return className
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** Values in the order of the groups, as `layer.weights` has them: the trainable ones first. */
export function trainableFirst<T>(groups: readonly VariableGroup[], values: readonly T[]): T[] {
  const trainable = groups.flatMap(({ weights }) => weights.map((weight) => weight.trainable));
  return [...values.filter((_, i) => trainable[i]), ...values.filter((_, i) => !trainable[i])];
}

/** The inverse of `trainableFirst`. */
export function inGroupOrder<T>(groups: readonly VariableGroup[], values: readonly T[]): T[] {
  const positions = trainableFirst(groups, groups.flatMap(({ weights }) => weights).map((_, i) => i));
  const ordered: T[] = [];
  positions.forEach((position, i) => (ordered[position] = values[i] as T));
  return ordered;
}

import { isJsonObject, type Json, type JsonObject } from '../../../json.js';
import type { LayerDescription, ModelDescription, TensorRef } from '../../model-description.js';

/** Version that a model made anew is marked with: its layout is that of Keras 2.0. */
const WRITTEN_VERSION = '2.0.8';

/** Members of layers' and initializers' configs that Keras 2 writes as floats. */
export const FLOATS: ReadonlySet<string> = new Set('rate dropout recurrent_dropout scale gain stddev mean minval maxval l1 l2 alpha theta momentum epsilon mask_value'.split(' '));

/**
 * The JSON of Keras 2.0 for a model of any version: what `model.to_json()` gives there. Fields that Keras 2.0 does not know
 * are left out where they say what it does anyway; where they say something else they stay, for later 2.x to read.
 */
export function toKeras2(model: ModelDescription): JsonObject {
  return { ...modelObject(model), keras_version: WRITTEN_VERSION, backend: 'tensorflow' };
}

function modelObject(model: ModelDescription): JsonObject {
  if (model.className === 'Sequential') return { class_name: 'Sequential', config: model.layers.map(layerObject) };
  const nested = new Set(model.layers.filter((layer) => layer.model).map(({ name }) => name));
  const ref = ({ layer, node, tensor }: TensorRef): Json[] => [layer, nodeIn(nested, layer, node), tensor];
  const layers = model.layers.map((layer): Json => {
    const inbound = layer.inboundNodes.map(({ inputs, kwargs }) => inputs.map((input) => [...ref(input), kwargs]));
    return { name: layer.name, ...layerObject(layer), inbound_nodes: inbound };
  });
  return { class_name: 'Model', config: { name: model.name, layers, input_layers: model.inputs.map(ref), output_layers: model.outputs.map(ref) } };
}

/** Keras counts the node that links a nested model's own inputs to its outputs as its first. */
function nodeIn(nested: ReadonlySet<string>, layer: string, node: number): number {
  return nested.has(layer) ? node + 1 : node;
}

function layerObject(layer: LayerDescription): JsonObject {
  if (layer.model) return modelObject({ ...layer.model, name: layer.name });
  const config: JsonObject = { name: layer.name, ...withoutLater(layer) };
  if (layer.wrapped) config['layer'] = layerObject(layer.wrapped);
  return { class_name: layer.className, config };
}

/** Fields that came after Keras 2.0, each with the value that says what Keras 2.0 does. */
const LATER: Readonly<Record<string, Json>> = {
  groups: 1,
  noise_shape: null,
  seed: null,
  interpolation: 'nearest',
  keepdims: false,
  return_state: false,
  time_major: false,
  zero_output_for_mask: false,
  ragged: false,
  optional: false,
  renorm: false,
  synchronized: false,
  output_padding: null,
};
/** Classes whose data format Keras 2.0 does not ask for: channels are last. */
const CHANNELS_LAST = new Set(['Conv1D', 'Flatten', 'MaxPooling1D', 'AveragePooling1D', 'GlobalMaxPooling1D', 'GlobalAveragePooling1D', 'SeparableConv1D']);
const UNDILATED = new Set(['Conv2DTranspose', 'Conv3DTranspose', 'SeparableConv2D']);

function withoutLater({ className, config }: LayerDescription): JsonObject {
  const kept = Object.entries(config).filter(([name, value]) => {
    if (name in LATER && value === LATER[name]) return false;
    if (name === 'data_format') return !(CHANNELS_LAST.has(className) && value === 'channels_last');
    if (name === 'dilation_rate') return !(UNDILATED.has(className) && isAllOnes(value));
    // Keras 1's: whoever built the layer has seen that it is what Keras 2 computes.
    return !(name === 'output_shape' && className === 'Conv2DTranspose');
  });
  return Object.fromEntries(kept.map(([name, value]) => [name, name.endsWith('_initializer') ? initializerByFunction(value) : name.endsWith('_regularizer') ? bothFactors(value) : value]));
}

/** Classes that Keras 2.0 has as functions alone; every Keras reads the functions' names. */
const FUNCTIONS: ReadonlyMap<Json | undefined, string> = new Map([
  ['GlorotUniform', 'glorot_uniform'],
  ['GlorotNormal', 'glorot_normal'],
  ['HeUniform', 'he_uniform'],
  ['HeNormal', 'he_normal'],
  ['LecunUniform', 'lecun_uniform'],
  ['LecunNormal', 'lecun_normal'],
]);

function initializerByFunction(value: Json): Json {
  const name = isJsonObject(value) ? FUNCTIONS.get(value['class_name']) : undefined;
  return isJsonObject(value) && name !== undefined ? { ...value, class_name: name } : value;
}

function isAllOnes(value: Json): boolean {
  return value === 1 || (Array.isArray(value) && value.every((rate) => rate === 1));
}

/** Keras 2.0 has one class for both penalties. */
function bothFactors(value: Json): Json {
  if (!isJsonObject(value) || !isJsonObject(value['config'])) return value;
  const { l1 = 0.01, l2 = 0.01 } = value['config'];
  if (value['class_name'] === 'L1') return { class_name: 'L1L2', config: { l1, l2: 0 } };
  if (value['class_name'] === 'L2') return { class_name: 'L1L2', config: { l1: 0, l2 } };
  return value;
}

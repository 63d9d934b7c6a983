import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, quote, type Json, type JsonObject } from '../../../json.js';
import type { LayerDescription, TensorRef } from '../../model-description.js';
import { readRef } from './refs.js';

/**
 * A functional model of Keras 3 names the masks that its layers pass on: `NotEqual(words, 0)` behind an Embedding, `Any` of
 * that behind Masking, are operations among its layers, and `mask` arguments of calls. They say what follows from the layers
 * anyway, so they are left out; that they say nothing else is checked.
 */
const MASK_OPERATIONS = new Set(['NotEqual', 'Any']);
const MASK_ARGUMENTS = new Set(['mask', 'query_mask', 'value_mask', 'key_mask']);

/** Layers whose output has its input's mask. */
const PASSING = new Set(
  (
    'Activation ActivityRegularization Add AlphaDropout Average BatchNormalization Bidirectional Concatenate ConvLSTM2D Dense Dropout ELU GRU GaussianDropout GaussianNoise Identity ' +
    'LSTM LayerNormalization LeakyReLU Masking Maximum Minimum MultiHeadAttention Multiply PReLU ReLU SimpleRNN Softmax SpatialDropout1D Subtract TimeDistributed UnitNormalization'
  ).split(' '),
);
const RECURRENT = new Set(['Bidirectional', 'ConvLSTM2D', 'GRU', 'LSTM', 'SimpleRNN']);

/** The tensors, by name of the operation, that masks are made of. */
export type MaskOperations = ReadonlyMap<string, TensorRef>;

/** Whether an entry of a model's layers is an operation that makes a mask. */
export function isMaskOperation(entry: Json): entry is JsonObject {
  if (!isJsonObject(entry) || typeof entry['name'] !== 'string' || typeof entry['class_name'] !== 'string') return false;
  const { module } = entry;
  return MASK_OPERATIONS.has(entry['class_name']) && (module === undefined || (typeof module === 'string' && /^keras(\.src)?\.ops\b/.test(module)));
}

/** Follows each operation to the tensor at its beginning. */
export function maskOperations(entries: readonly { entry: JsonObject; pointer: string }[]): MaskOperations {
  const roots = new Map<string, TensorRef>();
  for (const { entry, pointer } of entries) {
    const [call] = Array.isArray(entry['inbound_nodes']) ? entry['inbound_nodes'] : [];
    const [first] = isJsonObject(call) && Array.isArray(call['args']) ? call['args'] : [];
    const config = isJsonObject(first) ? first['config'] : undefined;
    if (!isJsonObject(config)) throw new FormatError('unsupported_operation', at(pointer, 'class_name'), `expected a layer, received the operation ${quote(entry['class_name'])} on something else than a tensor of the model`);
    const ref = readRef(config['keras_history'], at(at(at(at(pointer, 'inbound_nodes'), 0), 'args'), 0));
    roots.set(entry['name'] as string, roots.get(ref.layer) ?? ref);
  }
  return roots;
}

/** The tensor that an argument's mask is made of; undefined where the argument is no mask that such an operation made. */
export function maskRoot(name: string, value: Json, operations: MaskOperations): TensorRef | undefined {
  if (!MASK_ARGUMENTS.has(name) || !isJsonObject(value) || !isJsonObject(value['config'])) return undefined;
  const history = value['config']['keras_history'];
  return Array.isArray(history) && typeof history[0] === 'string' ? operations.get(history[0]) : undefined;
}

/**
 * Whether the mask made of `root` is the one that one of `tensors` has by the layers that it comes through.
 * @param layers of a graph without cycles.
 */
export function carriesMask(tensors: readonly TensorRef[], root: TensorRef, layers: ReadonlyMap<string, LayerDescription>): boolean {
  const waiting = [...tensors];
  const seen = new Set<string>();
  for (let tensor = waiting.pop(); tensor; tensor = waiting.pop()) {
    const key = `${tensor.node} ${tensor.layer}`;
    const layer = layers.get(tensor.layer);
    const inputs = layer?.inboundNodes[tensor.node]?.inputs ?? [];
    const [first] = inputs;
    if (!layer || !first || seen.has(key)) continue;
    seen.add(key);
    const makes = layer.className === 'Masking' || (layer.className === 'Embedding' && layer.config['mask_zero'] === true);
    if (makes && first.layer === root.layer && first.tensor === root.tensor) return true;
    if (passes(layer)) waiting.push(...inputs);
  }
  return false;
}

function passes({ className, config, model, wrapped }: LayerDescription): boolean {
  if (RECURRENT.has(className)) return (wrapped?.config ?? config)['return_sequences'] === true;
  return model !== undefined || PASSING.has(className);
}

import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, quote, type Json } from '../../../json.js';
import type { LayerDescription, TensorRef } from '../../model-description.js';
import { expectList, expectObject, missingOrWrong } from '../keras2/fields.js';
import { checkRef } from '../keras2/graph.js';
import type { Parse } from '../keras2/parse.js';
import { type MaskOperations, maskRoot } from './masks.js';
import { readRef } from './refs.js';

type Layers = ReadonlyMap<string, LayerDescription>;

/** Arguments that carry tensors, in the order in which Keras takes them by position; the first may be a list of tensors. */
export const TENSOR_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  LSTM: ['sequence', 'initial_state'],
  GRU: ['sequence', 'initial_state'],
  SimpleRNN: ['sequence', 'initial_state'],
  ConvLSTM2D: ['sequence', 'initial_state'],
  Bidirectional: ['sequences', 'initial_state'],
  MultiHeadAttention: ['query', 'value', 'key'],
};

/** Further arguments of a call and the values with which they change nothing. */
const IDLE_ARGUMENTS: ReadonlyMap<string, readonly Json[]> = new Map([
  ['training', [null, false]],
  ['mask', [null]],
  ['query_mask', [null]],
  ['value_mask', [null]],
  ['key_mask', [null]],
  ['attention_mask', [null]],
  ['return_attention_scores', [false]],
  ['use_causal_mask', [false]],
]);

/** Arguments that are kept, by class: they are no tensors, and the layer knows them. */
const KEPT_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  AdditiveAttention: ['use_causal_mask'],
  Attention: ['use_causal_mask'],
  MultiHeadAttention: ['use_causal_mask'],
};

/** A reference as the JSON has it, and where it is. */
export interface PlacedRef {
  readonly ref: TensorRef;
  readonly place: string;
}

/** One call: the tensors in the order in which Keras takes them, and the arguments that are none. */
export interface PlacedCall {
  readonly inputs: PlacedRef[];
  readonly kwargs: Record<string, Json>;
  /** Masks that the call names, by the tensors that they are made of: see `masks.ts`. */
  readonly masks: PlacedRef[];
}

/** The calls of a layer: `[{args, kwargs}, …]`. */
export function parseNodes(value: Json | undefined, pointer: string, layer: LayerDescription, parse: Parse, operations: MaskOperations): PlacedCall[] {
  return expectList(value, pointer, "the layer's inbound nodes").map((node, index) => {
    const nodePointer = at(pointer, index);
    const { args, kwargs } = expectObject(node, nodePointer, 'a call {args, kwargs}');
    const positional = expectList(args, at(nodePointer, 'args'), 'the positional arguments of the call');
    const named = kwargs === undefined ? {} : expectObject(kwargs, at(nodePointer, 'kwargs'), 'the keyword arguments of the call');
    const names = TENSOR_ARGUMENTS[layer.className] ?? ['inputs'];
    if (positional.length > names.length)
      throw new FormatError('unsupported_argument', at(at(nodePointer, 'args'), names.length), `expected at most ${names.length} positional arguments for a call of ${layer.className}, received ${positional.length}`);
    const byName = new Map(positional.map((argument, i) => [names[i] as string, { value: argument, pointer: at(at(nodePointer, 'args'), i) }]));
    const kept: Record<string, Json> = {};
    const masks: PlacedRef[] = [];
    for (const [name, argument] of Object.entries(named)) {
      const place = at(at(nodePointer, 'kwargs'), name);
      const root = maskRoot(name, argument, operations);
      if (names.includes(name)) byName.set(name, { value: argument, pointer: place });
      else if (root) masks.push({ ref: root, place });
      else if (KEPT_ARGUMENTS[layer.className]?.includes(name) && argument === true) kept[name] = argument;
      else requireIdle(name, argument, place, layer.className);
    }
    const inputs = names.flatMap((name) => {
      const argument = byName.get(name);
      return argument && argument.value !== null ? readTensors(argument.value, argument.pointer) : [];
    });
    if (inputs.length === 0) throw missingOrWrong(args, at(nodePointer, 'args'), `the tensors that ${quote(layer.name)} is called on`);
    parse.countInbound(inputs.length, nodePointer);
    return { inputs, kwargs: kept, masks };
  });
}

function requireIdle(name: string, value: Json, pointer: string, className: string): void {
  const idle = IDLE_ARGUMENTS.get(name);
  if (idle?.includes(value)) return;
  throw new FormatError('unsupported_argument', pointer, `expected ${idle ? idle.map(quote).join(' or ') : 'no such argument'} in a call of ${className}, received ${quote(value)}`);
}

/** A tensor, or a list of tensors. */
function readTensors(value: Json, pointer: string): PlacedRef[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => readTensors(item, at(pointer, index)));
  const { ref, place } = tensorAt(value, pointer);
  return [{ ref: readRef(ref, place), place }];
}

/** `{class_name: "__keras_tensor__", config: {shape, dtype, keras_history: [layer, node, tensor]}}` */
function tensorAt(value: Json, pointer: string): { ref: Json | undefined; place: string } {
  const config = isJsonObject(value) && value['class_name'] === '__keras_tensor__' ? value['config'] : undefined;
  if (!isJsonObject(config)) throw missingOrWrong(value, pointer, 'a tensor of the model ("__keras_tensor__"), or a list of tensors');
  return { ref: config['keras_history'], place: at(at(pointer, 'config'), 'keras_history') };
}

/** A reference that was read, checked against the model. @param first number of a nested functional model's first call where the reference is. */
export function resolveRef({ ref, place }: PlacedRef, layers: Layers, first: 0 | 1): TensorRef {
  const resolved = layers.get(ref.layer)?.model?.className === 'Model' ? { ...ref, node: ref.node - first } : ref;
  checkRef(resolved, layers, () => place);
  return resolved;
}

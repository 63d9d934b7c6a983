import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../../../format-error.js';
import type { Json, JsonObject } from '../../../json.js';
import { parseModel } from '../../parse-model.js';

const golden = join(import.meta.dirname, '../../../../../../tests/golden');

const layer = (className: string, config: JsonObject, more: JsonObject = {}): JsonObject => ({ module: 'keras.layers', class_name: className, registered_name: null, config, ...more });
const input = layer('InputLayer', { name: 'in', batch_shape: [null, 4], dtype: 'float32', sparse: false, ragged: false });
const dense = (config: JsonObject = {}): JsonObject => layer('Dense', { name: 'd', units: 2, activation: 'relu', ...config });
const sequential = (...layers: Json[]): JsonObject => ({ module: 'keras', class_name: 'Sequential', registered_name: null, config: { name: 's', trainable: true, layers } });
const tensor = (name: string, node: Json = 0, index: Json = 0): JsonObject => ({ class_name: '__keras_tensor__', config: { shape: [null, 4], dtype: 'float32', keras_history: [name, node, index] } });
const call = (...args: Json[]): JsonObject => ({ args, kwargs: {} });
const node = (source: JsonObject, ...calls: Json[]): JsonObject => ({ ...source, name: (source['config'] as JsonObject)['name'] as string, inbound_nodes: calls });
const functional = (layers: Json, inputs: Json = ['in', 0, 0], outputs: Json = ['d', 0, 0]): JsonObject => ({
  module: 'keras.src.models.functional',
  class_name: 'Functional',
  registered_name: 'Functional',
  config: { name: 'm', trainable: true, layers, input_layers: inputs, output_layers: outputs },
});

describe('configs in Keras 2\'s names', () => {
  test('renamed fields, defaults of Keras 3, its serialized objects', () => {
    const initializer = { module: 'keras.initializers', class_name: 'GlorotUniform', config: { seed: 3, input_axes: null, output_axes: null }, registered_name: null };
    const model = parseModel(
      sequential(input, dense({ kernel_initializer: initializer, quantization_config: null }), layer('GRU', { name: 'g', units: 3, recurrent_activation: 'hard_sigmoid', seed: 1 }), layer('LeakyReLU', { name: 'l', negative_slope: 0.1 })),
    );
    expect(model).toMatchObject({ className: 'Sequential', name: 's', kerasVersion: '3' });
    expect(model.layers.map(({ config }) => config)).toEqual([
      { name: 'in', dtype: 'float32', batch_input_shape: [null, 4] },
      { name: 'd', dtype: 'float32', units: 2, activation: 'relu', kernel_initializer: { class_name: 'GlorotUniform', config: { seed: 3 } } },
      { name: 'g', dtype: 'float32', units: 3, recurrent_activation: 'hard_sigmoid', reset_after: true, implementation: 2 },
      { name: 'l', dtype: 'float32', alpha: 0.1 },
    ]);
    expect(model.layers[3]?.sourceNames).toEqual({ alpha: 'negative_slope' });
  });

  test('the layer inside Bidirectional has its own name', () => {
    const lstm = (name: string, backwards: boolean): JsonObject => layer('LSTM', { name, units: 3, go_backwards: backwards });
    const [, one] = parseModel(sequential(input, layer('Bidirectional', { name: 'b', layer: lstm('forward_lstm', false), backward_layer: lstm('backward_lstm', true), merge_mode: 'concat' }))).layers;
    expect(one?.wrapped).toMatchObject({ name: 'lstm', config: { name: 'lstm', units: 3 } });
    const other = layer('Bidirectional', { name: 'b', layer: lstm('f', false), backward_layer: { ...lstm('g', true), config: { name: 'g', units: 4, go_backwards: true } } });
    expect(() => parseModel(sequential(input, other))).toThrow('/config/layers/1/config/backward_layer: expected the backward layer to be the forward one');
  });
});

describe('calls', () => {
  test('attention: value and key join the inputs, the causal mask stays an argument', () => {
    const attention = layer('MultiHeadAttention', { name: 'd', num_heads: 1, key_dim: 2 });
    const calls = (kwargs: JsonObject): unknown => parseModel(functional([node(input), node(attention, { args: [tensor('in')], kwargs })])).layers[1]?.inboundNodes;
    const ref = { layer: 'in', node: 0, tensor: 0 };
    expect(calls({ value: tensor('in'), use_causal_mask: true })).toEqual([{ inputs: [ref, ref], kwargs: { use_causal_mask: true } }]);
    expect(calls({ key: tensor('in'), value: tensor('in'), use_causal_mask: false })).toEqual([{ inputs: [ref, ref, ref], kwargs: {} }]);
  });

  test('lists, keyword arguments, calls of a nested functional model: from 0 among arguments, from 1 among outputs', () => {
    const inner = node(sequential(input, dense()), call(tensor('in')));
    const model = parseModel(
      functional(
        [
          node(input),
          { ...inner, name: 's' },
          node(functional([node(input), node(dense(), call(tensor('in')))]), call(tensor('s', 0))),
          node(layer('Add', { name: 'd' }), call([tensor('m', 0), tensor('s', 0)])),
        ],
        { b: ['in', 0, 0] },
        [['d', 0, 0], ['m', 1, 0]],
      ),
    );
    expect(model.layers.map(({ inboundNodes }) => inboundNodes.flatMap(({ inputs }) => inputs))).toEqual([
      [],
      [{ layer: 'in', node: 0, tensor: 0 }],
      [{ layer: 's', node: 0, tensor: 0 }],
      [{ layer: 'm', node: 0, tensor: 0 }, { layer: 's', node: 0, tensor: 0 }],
    ]);
    expect([model.inputs, model.outputs]).toEqual([[{ layer: 'in', node: 0, tensor: 0 }], [{ layer: 'd', node: 0, tensor: 0 }, { layer: 'm', node: 0, tensor: 0 }]]);
  });

  test('initial states, and the arguments of attention, by position or by name', () => {
    const lstm = node(layer('LSTM', { name: 'd', units: 4 }), { args: [tensor('in')], kwargs: { initial_state: [tensor('in'), tensor('other')], training: false, mask: null } });
    const attention = node(layer('MultiHeadAttention', { name: 'a', num_heads: 1, key_dim: 2 }), { args: [tensor('in')], kwargs: { key: tensor('other'), value: tensor('d') } });
    const other = { ...input, config: { ...(input['config'] as JsonObject), name: 'other' } };
    const { layers } = parseModel(functional([node(input), node(other), lstm, attention], [['in', 0, 0], ['other', 0, 0]]));
    expect(layers.slice(2).map(({ inboundNodes }) => inboundNodes[0]?.inputs.map((ref) => ref.layer))).toEqual([['in', 'in', 'other'], ['in', 'd', 'other']]);
  });
});

const inFunctional = (changed: JsonObject): JsonObject => functional([node(input), changed]);

describe('masks that Keras 3 names', () => {
  const embedding = node(layer('Embedding', { name: 'e', input_dim: 5, output_dim: 4, mask_zero: true }), call(tensor('in')));
  const mask = node({ module: 'keras.src.ops.numpy', class_name: 'NotEqual', registered_name: 'NotEqual', config: { name: 'not_equal' } }, call(tensor('in'), 0));
  const lstm = (of: string): JsonObject => node(layer('LSTM', { name: 'd', units: 4 }), { args: [tensor(of)], kwargs: { mask: tensor('not_equal') } });

  test('are those that follow from the layers', () => {
    expect(parseModel(functional([node(input), embedding, mask, lstm('e')])).layers.map(({ name, inboundNodes }) => [name, inboundNodes])).toEqual([
      ['in', []],
      ['e', [{ inputs: [{ layer: 'in', node: 0, tensor: 0 }], kwargs: {} }]],
      ['d', [{ inputs: [{ layer: 'e', node: 0, tensor: 0 }], kwargs: {} }]],
    ]);
  });

  test('are refused where they do not', () => {
    const flatten = node(layer('Reshape', { name: 'r', target_shape: [4, 4] }), call(tensor('e')));
    expect(() => parseModel(functional([node(input), embedding, mask, flatten, lstm('r')]))).toThrow('/config/layers/4/inbound_nodes/0/kwargs/mask: expected the mask that comes with the inputs of the call');
  });
});

test.each<[string, JsonObject, string, string, string]>([
  ['a layer from elsewhere', sequential(input, { ...dense(), module: 'mypackage.layers' }), 'foreign_class', '/config/layers/1/module', 'received "mypackage.layers"'],
  ['a registered class', sequential(input, { ...dense(), registered_name: 'mine>Dense' }), 'foreign_class', '/config/layers/1/registered_name', 'received "mine>Dense"'],
  ['a model from elsewhere', { ...sequential(input, dense()), module: 'os' }, 'foreign_class', '/module', 'received "os"'],
  ['a module that only begins like one', sequential(input, { ...dense(), module: 'keras.layers_of_mine' }), 'foreign_class', '/config/layers/1/module', 'code from elsewhere is refused'],
  ["Keras's own module that runs things", sequential(input, { ...dense(), module: 'keras.src.utils.file_utils' }), 'foreign_class', '/config/layers/1/module', 'file_utils'],
  ['a function', sequential(input, dense({ activation: { module: 'builtins', class_name: 'function', config: 'my_relu', registered_name: 'function' } })), 'code_refused', '/config/layers/1/config/activation', '"my_relu"'],
  ['Lambda', sequential(input, layer('Lambda', { name: 'l', function: { class_name: '__lambda__', config: { code: '4wE=' } } })), 'code_refused', '/config/layers/1', 'marshalled Python bytecode'],
  ['an initializer from elsewhere', sequential(input, dense({ kernel_initializer: { module: 'builtins', class_name: 'eval', config: {}, registered_name: null } })), 'foreign_class', '/config/layers/1/config/kernel_initializer/module', '"builtins"'],
  ['an activation as an object', sequential(input, dense({ activation: { module: 'keras.layers', class_name: 'ReLU', config: {} } })), 'wrong_type', '/config/layers/1/config/activation', 'the name of an activation'],
  ['an object in a plain field', sequential(input, dense({ units: { class_name: 'int' } })), 'wrong_type', '/config/layers/1/config/units', 'a number'],
  ['mixed precision', sequential(input, dense({ dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'mixed_float16' }, registered_name: null } })), 'unsupported_dtype', '/config/layers/1/config/dtype', '"mixed_float16"'],
  ['quantization', sequential(input, dense({ dtype: { module: 'keras', class_name: 'QuantizedDTypePolicy', config: { mode: 'int8' }, registered_name: null } })), 'unsupported_dtype', '/config/layers/1/config/dtype', 'QuantizedDTypePolicy'],
  ['an unknown switch that is on', sequential(input, dense({ lora_rank: 4 })), 'unsupported_argument', '/config/layers/1/config/lora_rank', 'expected null or false'],
  ['an operation', inFunctional(node({ module: 'keras.src.ops.numpy', class_name: 'Add', registered_name: 'Add', config: { name: 'd' } }, call(tensor('in'), 1))), 'unsupported_operation', '/config/layers/1/class_name', 'the operation "Add"'],
  ['training in a call', inFunctional(node(dense(), { args: [tensor('in')], kwargs: { training: true } })), 'unsupported_argument', '/config/layers/1/inbound_nodes/0/kwargs/training', 'expected null or false'],
  ['a mask in a call', inFunctional(node(dense(), { args: [tensor('in')], kwargs: { mask: tensor('in') } })), 'unsupported_argument', '/config/layers/1/inbound_nodes/0/kwargs/mask', 'expected null in a call of Dense'],
  ['a number as a tensor', inFunctional(node(dense(), call(3))), 'wrong_type', '/config/layers/1/inbound_nodes/0/args/0', 'a tensor of the model'],
  ['an operation in place of a mask', inFunctional(node({ module: 'keras.src.ops.numpy', class_name: 'NotEqual', registered_name: 'NotEqual', config: { name: 'd' } }, call(3, 0))), 'unsupported_operation', '/config/layers/1/class_name', 'the operation "NotEqual"'],
  ['a call on nothing', inFunctional(node(dense(), call())), 'wrong_type', '/config/layers/1/inbound_nodes/0/args', 'the tensors that "d" is called on'],
  ['too many arguments', inFunctional(node(dense(), call(tensor('in'), tensor('in')))), 'unsupported_argument', '/config/layers/1/inbound_nodes/0/args/1', 'at most 1 positional arguments'],
  ['a missing layer', inFunctional(node(dense(), call(tensor('gone')))), 'missing_layer', '/config/layers/1/inbound_nodes/0/args/0/config/keras_history/0', 'received "gone"'],
  ['a missing node', inFunctional(node(dense(), call([tensor('in', 1)]))), 'missing_node', '/config/layers/1/inbound_nodes/0/args/0/0/config/keras_history/1', 'received 1'],
  ['a negative node', inFunctional(node(dense(), call(tensor('in', -1)))), 'wrong_type', '/config/layers/1/inbound_nodes/0/args/0/config/keras_history', 'received ["in",-1,0]'],
  ['a cycle', inFunctional(node(dense(), call(tensor('d')))), 'cycle', '/config/layers/1/inbound_nodes/0', 'd ← d'],
  ['no outputs', functional([node(input)], undefined, []), 'empty_list', '/config/output_layers', 'received none'],
  ['a subclassed model', { module: 'mine', class_name: 'MyModel', registered_name: null, config: {} }, 'foreign_class', '/module', '"mine"'],
  ['a layer in place of a model', dense(), 'unknown_class', '/class_name', 'received "Dense"'],
])('%s is refused', (_name, source, code, pointer, message) => {
  let error: unknown;
  try {
    parseModel(source);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(FormatError);
  expect(error).toMatchObject({ code, pointer });
  expect((error as FormatError).message).toContain(message);
});

test.each(readdirSync(golden).filter((name) => existsSync(join(golden, name, 'model.keras3.json'))))('%s: the layers of model.json, one by one', (name) => {
  const read = (file: string): string => readFileSync(join(golden, name, file), 'utf8');
  const classes = (text: string): string[] => parseModel(text).layers.map(({ className }) => className).filter((className) => className !== 'InputLayer').sort();
  expect(classes(read('model.keras3.json'))).toEqual(classes(read('model.json')));
});

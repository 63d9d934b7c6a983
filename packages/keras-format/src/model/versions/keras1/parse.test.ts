import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../../../format-error.js';
import type { Json } from '../../../json.js';
import { parseModel } from '../../parse-model.js';
import { parseModelYaml } from '../../parse-yaml.js';
import { writeModelJson } from '../../write-model.js';

const folder = join(import.meta.dirname, '../../../../../../tests/golden/k1_keras122');
const text = (file: string): string => readFileSync(join(folder, file), 'utf8');
const names = readdirSync(folder).flatMap((file) => /^(\w+)\.json$/.exec(file)?.[1] ?? []).filter((name) => name !== 'expected');

type Config = Readonly<Record<string, Json>>;
const sequential = (...layers: object[]): object => ({ class_name: 'Sequential', keras_version: '1.2.2', config: layers });
const layer = (className: string, config: object): object => ({ class_name: className, config: { name: 'l', ...config } });
const read = (className: string, config: object): { className: string; config: Config; sourceNames: Config } => {
  const { className: name, config: fields, sourceNames = {} } = parseModel(sequential(layer('Flatten', { name: 'first' }), layer(className, config))).layers[1]!;
  return { className: name, config: fields, sourceNames };
};

describe.each(names)('%s, written by Keras 1.2.2', (name) => {
  test('its YAML says what its JSON says', () => {
    const yaml = parseModelYaml(text(`${name}.yaml`));
    expect(yaml.layers).toEqual(parseModel(text(`${name}.json`)).layers);
  });
  test('is written as it was received', () => {
    expect(writeModelJson(parseModel(text(`${name}.json`)))).toBe(text(`${name}.json`));
  });
  test('in Keras 2 is what Keras 2.0.8 makes of it, but for what only Keras 1 says', () => {
    let theirs: ReturnType<typeof parseModel>;
    try {
      theirs = parseModel(text(`${name}.as208.json`));
    } catch (error) {
      // Keras 2.0.8 cannot load an Embedding of Keras 1, so there is no such file.
      expect((error as { code?: string }).code).toBe('ENOENT');
      return;
    }
    const ours = parseModel(writeModelJson(parseModel(text(`${name}.json`)), { keras: 2 }));
    expect(ours.layers.map((one) => [one.name, one.className])).toEqual(theirs.layers.map((one) => [one.name, one.className]));
    ours.layers.forEach((one, i) => expect(theirs.layers[i]!.config).toMatchObject(comparable(one.config)));
    expect(ours.layers.map(({ inboundNodes }) => inboundNodes)).toEqual(theirs.layers.map(({ inboundNodes }) => inboundNodes));
    expect([ours.inputs, ours.outputs]).toEqual([theirs.inputs, theirs.outputs]);
  });
});

/** Without the orthogonal gain of Keras 1, and without shapes that 2.0.8 adds or leaves half unknown. */
function comparable(config: Config): Config {
  const { recurrent_initializer: _gain, batch_input_shape: _shape, layer: wrapped, ...others } = config;
  const inner = wrapped as { class_name: string; config: Config } | undefined;
  return inner ? { ...others, layer: { ...inner, config: comparable(inner.config) } } : others;
}

test('each field is read under its name in Keras 2, and remembers its own', () => {
  const { className, config, sourceNames } = read('Convolution2D', {
    batch_input_shape: [null, 8, 8, 3], input_dtype: 'float32', nb_filter: 4, nb_row: 3, nb_col: 2, init: 'he_normal', activation: 'relu', border_mode: 'same', subsample: [2, 1],
    dim_ordering: 'th', W_regularizer: { name: 'L1L2Regularizer', l1: 0, l2: 0.5 }, W_constraint: { name: 'MaxNorm', m: 3, axis: [1, 2, 3] }, bias: false,
  });
  expect(className).toBe('Conv2D');
  expect(config).toEqual({
    name: 'l', batch_input_shape: [null, 8, 8, 3], dtype: 'float32', filters: 4, kernel_size: [3, 2], activation: 'relu', padding: 'same', strides: [2, 1], data_format: 'channels_first', use_bias: false,
    kernel_initializer: { class_name: 'VarianceScaling', config: { scale: 2, mode: 'fan_in', distribution: 'normal', seed: null } },
    kernel_regularizer: { class_name: 'L1L2', config: { l1: 0, l2: 0.5 } },
    // Axes of a kernel [filters, channels, rows, columns] in one of [rows, columns, channels, filters].
    kernel_constraint: { class_name: 'MaxNorm', config: { max_value: 3, axis: [0, 1, 2] } },
  });
  expect(sourceNames).toMatchObject({ filters: 'nb_filter', kernel_size: 'nb_row', padding: 'border_mode', use_bias: 'bias', dtype: 'input_dtype' });
  expect(sourceNames).not.toHaveProperty('activation');
});

test.each<[string, object, string, Config]>([
  ['Dense', { output_dim: 3, input_dim: 5, init: 'orthogonal' }, 'Dense', { units: 3, batch_input_shape: [null, 5], kernel_initializer: { class_name: 'Orthogonal', config: { gain: 1.1, seed: null } } }],
  ['TimeDistributedDense', { output_dim: 3, input_dim: 5, input_length: 7 }, 'Dense', { units: 3, batch_input_shape: [null, 7, 5] }],
  ['Dropout', { p: 0.25 }, 'Dropout', { rate: 0.25 }],
  ['GaussianNoise', { sigma: 0.1 }, 'GaussianNoise', { stddev: 0.1 }],
  ['Convolution1D', { nb_filter: 2, filter_length: 3, subsample_length: 2, W_constraint: 'maxnorm' }, 'Conv1D', { filters: 2, kernel_size: [3], strides: [2], kernel_constraint: { class_name: 'MaxNorm', config: { axis: 0 } } }],
  ['AtrousConvolution1D', { nb_filter: 2, filter_length: 3, atrous_rate: 2 }, 'Conv1D', { dilation_rate: [2] }],
  ['AtrousConvolution2D', { nb_filter: 2, nb_row: 3, nb_col: 3, atrous_rate: [2, 2], dim_ordering: 'tf' }, 'Conv2D', { dilation_rate: [2, 2], data_format: 'channels_last' }],
  ['Convolution3D', { nb_filter: 2, kernel_dim1: 1, kernel_dim2: 2, kernel_dim3: 3 }, 'Conv3D', { kernel_size: [1, 2, 3] }],
  ['SeparableConvolution2D', { nb_filter: 2, nb_row: 3, nb_col: 3, init: 'one', depthwise_regularizer: 'l2' }, 'SeparableConv2D', { depthwise_initializer: { class_name: 'Ones', config: {} }, pointwise_initializer: { class_name: 'Ones', config: {} }, depthwise_regularizer: { class_name: 'L1L2', config: { l1: 0, l2: 0.01 } } }],
  ['MaxPooling1D', { pool_length: 3, stride: null, border_mode: 'same' }, 'MaxPooling1D', { pool_size: [3], strides: null, padding: 'same' }],
  ['ZeroPadding1D', { padding: { left_pad: 2 } }, 'ZeroPadding1D', { padding: [2, 0] }],
  ['ZeroPadding2D', { padding: [1, 2, 3, 4] }, 'ZeroPadding2D', { padding: [[1, 2], [3, 4]] }],
  ['ZeroPadding2D', { padding: { top_pad: 1, right_pad: 4 } }, 'ZeroPadding2D', { padding: [[1, 0], [0, 4]] }],
  ['ZeroPadding3D', { padding: [1, 2, 3] }, 'ZeroPadding3D', { padding: [[1, 1], [2, 2], [3, 3]] }],
  ['UpSampling1D', { length: 3 }, 'UpSampling1D', { size: 3 }],
  ['LSTM', { output_dim: 2, input_dim: 4, inner_init: 'identity', inner_activation: 'sigmoid', forget_bias_init: 'zero', dropout_U: 0.5, consume_less: 'gpu' }, 'LSTM', { units: 2, batch_input_shape: [null, null, 4], recurrent_initializer: { class_name: 'Identity', config: { gain: 1 } }, recurrent_activation: 'sigmoid', unit_forget_bias: false, recurrent_dropout: 0.5, implementation: 2 }],
  ['ConvLSTM2D', { nb_filter: 2, nb_row: 3, nb_col: 3, forget_bias_init: 'one', border_mode: 'same' }, 'ConvLSTM2D', { filters: 2, kernel_size: [3, 3], unit_forget_bias: true, padding: 'same' }],
  ['Embedding', { input_dim: 9, output_dim: 2, input_length: 7, input_dtype: 'int32', init: 'uniform', dropout: 0 }, 'Embedding', { batch_input_shape: [null, 7], dtype: 'float32', embeddings_initializer: { class_name: 'RandomUniform', config: { minval: -0.05, maxval: 0.05, seed: null } } }],
  ['BatchNormalization', { mode: 0, axis: 1, momentum: 0.9, gamma_regularizer: null }, 'BatchNormalization', { axis: 1, momentum: 0.9, gamma_regularizer: null }],
  ['Merge', { mode: 'concat', concat_axis: 1 }, 'Concatenate', { axis: 1 }],
  ['Merge', { mode: 'cos', dot_axes: [1, 1] }, 'Dot', { axes: [1, 1], normalize: true }],
])('%s %j', (className, config, expectedClass, expected) => {
  const found = read(className, config);
  expect(found.className).toBe(expectedClass);
  expect(found.config).toMatchObject(expected);
});

test('the data format of a layer that does not say its own is that of the others', () => {
  const conv = (format: string): object => layer('Convolution2D', { name: 'c', nb_filter: 1, nb_row: 1, nb_col: 1, dim_ordering: format });
  const formatBehind = (...layers: object[]): unknown => parseModel(sequential(...layers, layer('UpSampling2D', {}))).layers.at(-1)!.config['data_format'];
  expect(formatBehind(conv('th'))).toBe('channels_first');
  expect(formatBehind(conv('tf'))).toBe('channels_last');
  expect(formatBehind()).toBe('channels_last');
});

describe('a Sequential that begins with a Merge', () => {
  const branch = (name: string, ...more: object[]): object => ({ class_name: 'Sequential', config: [layer('Dense', { name, output_dim: 3, batch_input_shape: [null, 4], input_dtype: 'float32' }), ...more] });
  const merged = (...layers: object[]): object => ({ class_name: 'Merge', config: { name: 'm', mode: 'sum', layers } });
  test('is the functional model that Keras 1 lays open in its files', () => {
    const model = parseModel(sequential(merged(branch('a', layer('Dropout', { name: 'd', p: 0.5 })), branch('b')), layer('Dense', { name: 'out', output_dim: 1 })));
    expect(model.className).toBe('Model');
    // The order in which later Keras has the layers of the functional model; Keras 1's files go branch by branch.
    expect(model.layers.map(({ name }) => name)).toEqual(['a_input', 'a', 'b_input', 'd', 'b', 'm', 'out']);
    expect(model.fileOrder).toEqual(['a_input', 'a', 'd', 'b_input', 'b', 'm', 'out']);
    expect(model.layers[5]).toMatchObject({ className: 'Add', inboundNodes: [{ inputs: [{ layer: 'd', node: 0, tensor: 0 }, { layer: 'b', node: 0, tensor: 0 }] }] });
    expect(model.inputs.map(({ layer: name }) => name)).toEqual(['a_input', 'b_input']);
    expect(model.layers[3]!.pointer).toBe('/config/0/config/layers/0/config/1');
  });
  test('may have such a Sequential as a branch', () => {
    const inner = { class_name: 'Sequential', config: [{ class_name: 'Merge', config: { name: 'n', mode: 'max', layers: [branch('a'), branch('b')] } }] };
    expect(parseModel(sequential(merged(inner, branch('c')))).layers.map(({ name }) => name)).toEqual(['a_input', 'b_input', 'a', 'b', 'c_input', 'n', 'c', 'm']);
  });
  test.each<[string, object, string, string]>([
    ['one branch', merged(branch('a')), 'empty_list', '/config/0/config/layers'],
    ['no list of branches', { class_name: 'Merge', config: { name: 'm', mode: 'sum' } }, 'missing_field', '/config/0/config/layers'],
    ['a branch twice', merged(branch('a'), branch('a')), 'duplicate_layer', '/config/0/config/layers/1/config/0'],
    ['a branch without an input shape', merged(branch('a'), layer('Dense', { output_dim: 1 })), 'missing_field', '/config/0/config/layers/1/config/batch_input_shape'],
  ])('%s is refused', (_name, first, code, pointer) => {
    expect(errorOf(() => parseModel(sequential(first)))).toMatchObject({ code, pointer });
  });
});

test.each<[string, object, string, string, string]>([
  ['MaxoutDense', {}, 'unsupported_layer', '/config/1/class_name', 'MaxoutDense exists in Keras 1 only; use a functional model with one Dense for each feature and a Maximum of them'],
  ['Highway', {}, 'unsupported_layer', '/config/1/class_name', 'Multiply and Add'],
  ['SReLU', {}, 'unsupported_layer', '/config/1/class_name', 'use PReLU'],
  ['ParametricSoftplus', {}, 'unsupported_layer', '/config/1/class_name', 'softplus'],
  ['Conv2D', {}, 'unknown_layer', '/config/1/class_name', 'expected a layer of Keras 1.2'],
  ['BatchNormalization', { mode: 2 }, 'unsupported_argument', '/config/1/config/mode', 'mode 2'],
  ['Embedding', { dropout: 0.2 }, 'unsupported_argument', '/config/1/config/dropout', 'SpatialDropout1D'],
  ['LSTM', { forget_bias_init: 'normal' }, 'unsupported_argument', '/config/1/config/forget_bias_init', 'expected "one" or "zero"'],
  ['Merge', { mode: 'my_merge', mode_type: 'function' }, 'code_refused', '/config/1/config/mode', 'names Python code'],
  ['Merge', { mode: '4wE=', mode_type: 'lambda' }, 'code_refused', '/config/1/config', 'mode_type: lambda'],
  ['Merge', { mode: 'min' }, 'invalid_config', '/config/1/config/mode', 'sum, mul, ave, max, concat, dot, cos'],
  ['Convolution2D', { nb_filter: 1, nb_row: 3 }, 'invalid_config', '/config/1/config/nb_col', 'an integer, received nothing'],
  ['Convolution2D', { nb_filter: 1, nb_row: 3, nb_col: 3, dim_ordering: 'cn' }, 'invalid_config', '/config/1/config/dim_ordering', '"tf" or "th"'],
  ['Dense', { W_regularizer: { name: 'EigenvalueRegularizer', k: 1 } }, 'unknown_regularizer', '/config/1/config/W_regularizer/name', 'EigenvalueRegularizer'],
  ['Dense', { W_regularizer: { name: 'L1L2Regularizer', l1: 'a' } }, 'invalid_config', '/config/1/config/W_regularizer/l1', 'expected a number, received "a"'],
  ['Dense', { b_constraint: { name: 'Own' } }, 'unknown_constraint', '/config/1/config/b_constraint/name', 'Keras 1 has MaxNorm'],
  ['GRU', { consume_less: 'ram' }, 'invalid_config', '/config/1/config/consume_less', 'cpu, mem, gpu'],
])('%s %j is refused', (className, config, code, pointer, message) => {
  const error = errorOf(() => read(className, config));
  expect(error).toMatchObject({ code, pointer });
  expect(error.message).toContain(message);
});

function errorOf(work: () => unknown): FormatError {
  try {
    work();
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error('expected a FormatError, received none');
}

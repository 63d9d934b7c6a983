import type { JsonObject } from '@trainyard/keras-format';

import { recurrentConfigurations } from './recurrent-configurations.js';

/** A class of the registry, a config, and the shapes of its inputs with the batch first. */
export type LayerConfiguration = readonly [className: string, config: JsonObject, inputs: readonly (readonly number[])[]];

const core: readonly LayerConfiguration[] = [
  ['Activation', { activation: 'softmax' }, [[3, 5]]],
  ['Activation', { activation: 'hard_sigmoid' }, [[3, 5]]],
  ...['gelu', 'swish', 'mish', 'relu6', 'leaky_relu', 'log_softmax'].map((activation): LayerConfiguration => ['Activation', { activation }, [[3, 5]]]),
  ['ActivityRegularization', { l1: 0.1, l2: 0.2 }, [[3, 5]]],
  ['Dense', { units: 4, activation: 'tanh' }, [[3, 5]]],
  ['Dense', { units: 2, use_bias: false }, [[2, 3, 4]]],
  ['Embedding', { input_dim: 7, output_dim: 3 }, [[2, 4]]],
  ['Flatten', {}, [[2, 3, 4]]],
  ['InputLayer', { batch_input_shape: [null, 3] }, [[2, 3]]],
  ['Masking', { mask_value: 0.5 }, [[2, 3, 4]]],
  ['Permute', { dims: [3, 1, 2] }, [[2, 3, 4, 5]]],
  ['RepeatVector', { n: 3 }, [[2, 5]]],
  ['Reshape', { target_shape: [2, -1] }, [[2, 6]]],
];

/** Those that draw random numbers are the identity at these rates; they have tests of their own. */
const noise: readonly LayerConfiguration[] = [
  ['AlphaDropout', { rate: 0 }, [[3, 4]]],
  ['Dropout', { rate: 0 }, [[3, 4]]],
  ['GaussianDropout', { rate: 0 }, [[3, 4]]],
  ['GaussianNoise', { stddev: 0 }, [[3, 4]]],
  ['SpatialDropout1D', { rate: 0 }, [[2, 3, 4]]],
  ['SpatialDropout2D', { rate: 0 }, [[2, 3, 3, 2]]],
  ['SpatialDropout3D', { rate: 0 }, [[2, 2, 3, 3, 2]]],
];

const convolutions: readonly LayerConfiguration[] = [
  ['Conv1D', { filters: 3, kernel_size: [3], strides: [2], padding: 'same', activation: 'relu' }, [[2, 8, 2]]],
  ['Conv1D', { filters: 3, kernel_size: 2, dilation_rate: 2, padding: 'causal' }, [[2, 7, 2]]],
  ['Conv1D', { filters: 3, kernel_size: 2, data_format: 'channels_first' }, [[2, 2, 6]]],
  ['Conv2D', { filters: 3, kernel_size: [3, 3], padding: 'same', activation: 'relu' }, [[2, 5, 5, 2]]],
  ['Conv2D', { filters: 2, kernel_size: [2, 3], strides: [2, 1], use_bias: false }, [[2, 6, 6, 2]]],
  ['Conv2D', { filters: 2, kernel_size: 2, dilation_rate: [2, 2], padding: 'same' }, [[1, 6, 6, 2]]],
  ['Conv2D', { filters: 2, kernel_size: 2, data_format: 'channels_first', activation: 'softmax' }, [[1, 2, 5, 5]]],
  ['Conv3D', { filters: 2, kernel_size: [2, 3, 2], padding: 'same', activation: 'tanh' }, [[1, 3, 4, 3, 2]]],
  ['Conv3D', { filters: 2, kernel_size: 2, strides: [2, 1, 2], data_format: 'channels_first' }, [[1, 2, 4, 3, 4]]],
  ['Conv3D', { filters: 2, kernel_size: 2, dilation_rate: [2, 1, 2], padding: 'same' }, [[1, 4, 3, 4, 2]]],
  ['Conv2D', { filters: 4, kernel_size: 2, groups: 2, padding: 'same' }, [[1, 4, 3, 4]]],
  ['Conv1D', { filters: 3, kernel_size: 2, groups: 3, padding: 'causal', dilation_rate: 2 }, [[2, 5, 3]]],
  ['Conv1DTranspose', { filters: 3, kernel_size: 3, strides: 2, padding: 'same', activation: 'tanh' }, [[2, 4, 2]]],
  ['Conv2DTranspose', { filters: 2, kernel_size: [2, 3], dilation_rate: [2, 1] }, [[1, 3, 4, 2]]],
  ['Conv2DTranspose', { filters: 2, kernel_size: [3, 3], strides: [2, 2], padding: 'same' }, [[2, 3, 4, 2]]],
  ['Conv2DTranspose', { filters: 2, kernel_size: [3, 2], strides: [2, 1], data_format: 'channels_first' }, [[1, 3, 3, 4]]],
  ['Conv2DTranspose', { filters: 2, kernel_size: 3, strides: 2, output_padding: [1, 0], padding: 'same' }, [[1, 3, 4, 2]]],
  ['Conv3DTranspose', { filters: 2, kernel_size: 2, strides: 2, padding: 'valid', activation: 'tanh' }, [[1, 2, 3, 2, 2]]],
  ['Conv3DTranspose', { filters: 2, kernel_size: 3, strides: [1, 2, 1], padding: 'same', data_format: 'channels_first' }, [[1, 2, 2, 2, 3]]],
  ['DepthwiseConv2D', { kernel_size: [3, 2], depth_multiplier: 2, padding: 'same', activation: 'relu' }, [[2, 5, 4, 2]]],
  ['DepthwiseConv2D', { kernel_size: 2, strides: 2, data_format: 'channels_first', use_bias: false }, [[2, 3, 5, 4]]],
  ['SeparableConv1D', { filters: 3, kernel_size: 3, strides: 2, padding: 'same' }, [[2, 7, 2]]],
  ['SeparableConv2D', { filters: 3, kernel_size: [2, 3], depth_multiplier: 2 }, [[2, 5, 5, 2]]],
  ['SeparableConv2D', { filters: 3, kernel_size: 2, dilation_rate: 2, padding: 'same' }, [[1, 5, 5, 2]]],
  ['LocallyConnected1D', { filters: 3, kernel_size: [3], strides: [2], activation: 'tanh' }, [[2, 8, 2]]],
  ['LocallyConnected2D', { filters: 2, kernel_size: [2, 3] }, [[2, 4, 5, 2]]],
  ['LocallyConnected2D', { filters: 2, kernel_size: 2, strides: [2, 3], data_format: 'channels_first' }, [[2, 2, 5, 6]]],
];

const pooling: readonly LayerConfiguration[] = [
  ['AveragePooling1D', { pool_size: [3], strides: [2], padding: 'same' }, [[2, 7, 3]]],
  ['AveragePooling2D', { pool_size: [2, 2], padding: 'same' }, [[2, 5, 5, 3]]],
  ['AveragePooling2D', { pool_size: [2, 3], strides: [1, 2], data_format: 'channels_first' }, [[2, 3, 6, 6]]],
  ['AveragePooling3D', { pool_size: [2, 3, 2], strides: [2, 2, 1], padding: 'same' }, [[1, 5, 4, 3, 2]]],
  ['AveragePooling3D', { data_format: 'channels_first' }, [[1, 2, 4, 5, 4]]],
  ['GlobalAveragePooling1D', {}, [[2, 4, 3]]],
  ['GlobalAveragePooling2D', {}, [[2, 3, 3, 2]]],
  ['GlobalAveragePooling3D', { data_format: 'channels_first' }, [[2, 3, 2, 2, 3]]],
  ['GlobalMaxPooling1D', { keepdims: true }, [[2, 4, 3]]],
  ['GlobalMaxPooling2D', { data_format: 'channels_first' }, [[2, 2, 3, 3]]],
  ['GlobalMaxPooling3D', {}, [[2, 3, 2, 2, 3]]],
  ['MaxPooling1D', { pool_size: 2 }, [[2, 6, 3]]],
  ['MaxPooling2D', { pool_size: [2, 2] }, [[2, 4, 4, 3]]],
  ['MaxPooling2D', { pool_size: [3, 3], strides: [2, 2], padding: 'same' }, [[1, 5, 5, 1]]],
  ['MaxPooling3D', { pool_size: [2, 2, 2], padding: 'same' }, [[1, 5, 4, 4, 2]]],
];

const positions: readonly LayerConfiguration[] = [
  ['Cropping1D', { cropping: [1, 2] }, [[2, 6, 3]]],
  ['Cropping2D', { cropping: [[1, 2], [0, 1]] }, [[2, 6, 5, 2]]],
  ['Cropping2D', { cropping: [1, 2], data_format: 'channels_first' }, [[2, 2, 4, 6]]],
  ['Cropping3D', {}, [[1, 4, 4, 3, 2]]],
  ['UpSampling1D', { size: 3 }, [[2, 3, 2]]],
  ['UpSampling2D', { size: [2, 3] }, [[2, 2, 3, 2]]],
  ['UpSampling2D', { data_format: 'channels_first' }, [[2, 2, 3, 2]]],
  ['UpSampling2D', { size: [2, 3], interpolation: 'bilinear' }, [[1, 2, 3, 2]]],
  ['UpSampling3D', { size: [2, 1, 3], data_format: 'channels_first' }, [[1, 2, 2, 3, 2]]],
  ['ZeroPadding1D', { padding: 2 }, [[2, 3, 2]]],
  ['ZeroPadding2D', { padding: [[1, 2], [0, 1]], data_format: 'channels_first' }, [[2, 2, 3, 2]]],
  ['ZeroPadding3D', { padding: [1, 0, 2] }, [[1, 2, 2, 2, 2]]],
];

const merging: readonly LayerConfiguration[] = [
  ['Add', {}, [[2, 3, 4], [2, 4], [2, 3, 4]]],
  ['Average', {}, [[3, 4], [3, 4], [3, 4]]],
  ['Concatenate', { axis: -1 }, [[2, 3], [2, 4]]],
  ['Concatenate', { axis: 1 }, [[2, 3, 2], [2, 1, 2]]],
  ['Dot', { axes: 1 }, [[3, 4], [3, 4]]],
  ['Dot', { axes: -1, normalize: true }, [[2, 3, 4], [2, 5, 4]]],
  ['Dot', { axes: [1, 2] }, [[2, 4], [2, 3, 4]]],
  ['Maximum', {}, [[2, 3, 4], [2, 1, 4]]],
  ['Minimum', {}, [[3, 4], [3, 4]]],
  ['Multiply', {}, [[2, 3, 4], [2, 3, 1]]],
  ['Subtract', {}, [[3, 4], [3, 4]]],
];

const activations: readonly LayerConfiguration[] = [
  ['ELU', { alpha: 0.7 }, [[3, 5]]],
  ['LeakyReLU', { alpha: 0.2 }, [[3, 5]]],
  ['PReLU', {}, [[3, 5]]],
  ['PReLU', { shared_axes: [1, 2] }, [[2, 3, 3, 2]]],
  ['ReLU', { max_value: 0.5, negative_slope: 0.1 }, [[3, 5]]],
  ['ReLU', { threshold: 0.3, negative_slope: 0.2 }, [[3, 5]]],
  ['Identity', {}, [[3, 5]]],
  ['Softmax', { axis: 1 }, [[2, 3, 4]]],
  ['ThresholdedReLU', { theta: 0.6 }, [[3, 5]]],
];

const normalization: readonly LayerConfiguration[] = [
  ['BatchNormalization', {}, [[6, 4]]],
  ['BatchNormalization', { axis: 1, scale: false, momentum: 0.5 }, [[3, 2, 4, 4]]],
  ['BatchNormalization', { center: false, epsilon: 0.1 }, [[3, 4, 4, 2]]],
  ['GroupNormalization', { groups: 2, epsilon: 0.01 }, [[2, 3, 3, 4]]],
  ['GroupNormalization', { groups: -1, axis: 1, center: false }, [[2, 3, 4, 2]]],
  ['LayerNormalization', {}, [[3, 5]]],
  ['LayerNormalization', { axis: [-1, 1], scale: false }, [[2, 3, 2, 4]]],
  ['UnitNormalization', { axis: [1, 2] }, [[2, 3, 4]]],
  ['Rescaling', { scale: 0.5, offset: [1, 2, 3] }, [[2, 3]]],
];

const attention: readonly LayerConfiguration[] = [
  ['AdditiveAttention', {}, [[2, 3, 4], [2, 5, 4]]],
  ['Attention', {}, [[2, 3, 4], [2, 5, 2], [2, 5, 4]]],
  ['Attention', { use_scale: true, causal: true }, [[2, 3, 4], [2, 5, 4]]],
  ['MultiHeadAttention', { num_heads: 2, key_dim: 3 }, [[2, 3, 4], [2, 5, 4]]],
  ['MultiHeadAttention', { num_heads: 3, key_dim: 2, value_dim: 4, output_shape: [2, 3], use_bias: false }, [[2, 3, 4], [2, 4, 5], [2, 4, 3]]],
];

/** Every class of the registry, with what makes its branches differ. */
export const layerConfigurations: readonly LayerConfiguration[] = [
  ...core,
  ...noise,
  ...convolutions,
  ...pooling,
  ...positions,
  ...merging,
  ...activations,
  ...attention,
  ...normalization,
  ...recurrentConfigurations,
];

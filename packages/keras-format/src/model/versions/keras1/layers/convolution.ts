import type { LayerReader, Translation } from '../translation.js';
import { kernelAndBias } from './weights.js';

/** Axes of a kernel [filters, channels, …size] (Theano's order) in [...size, channels, filters]. */
const theano = (dimensions: number): number[] => [dimensions + 1, dimensions, ...Array.from({ length: dimensions }, (_, i) => i)];
/** Of a kernel [length, 1, channels, filters] in [length, channels, filters]. */
const TEMPORAL_KERNEL = [0, -1, 1, 2];

function temporal(layer: Translation): Translation {
  return layer.rename('nb_filter', 'filters').gather(['filter_length'], 'kernel_size').rename('subsample_length', 'strides', ({ value }) => [value]).rename('border_mode', 'padding').same('activation').inputDim(3);
}

function spatial(layer: Translation): Translation {
  return layer.rename('nb_filter', 'filters').gather(['nb_row', 'nb_col'], 'kernel_size').rename('subsample', 'strides').rename('border_mode', 'padding').same('activation');
}

export const convolution1d: LayerReader = (layer) => {
  kernelAndBias(temporal(layer), { axes: TEMPORAL_KERNEL });
  return 'Conv1D';
};

export const atrousConvolution1d: LayerReader = (layer) => {
  layer.rename('atrous_rate', 'dilation_rate', ({ value }) => [value]);
  return convolution1d(layer);
};

export const convolution2d: LayerReader = (layer) => {
  const format = spatial(layer).readDataFormat();
  kernelAndBias(layer, format === 'channels_first' ? { axes: theano(2) } : {});
  return 'Conv2D';
};

export const atrousConvolution2d: LayerReader = (layer) => {
  layer.rename('atrous_rate', 'dilation_rate');
  return convolution2d(layer);
};

export const convolution3d: LayerReader = (layer) => {
  layer.rename('nb_filter', 'filters').gather(['kernel_dim1', 'kernel_dim2', 'kernel_dim3'], 'kernel_size').rename('subsample', 'strides').rename('border_mode', 'padding').same('activation');
  const format = layer.readDataFormat();
  kernelAndBias(layer, format === 'channels_first' ? { axes: theano(3) } : {});
  return 'Conv3D';
};

/**
 * Keras 2 computes the output's shape; Keras 1 was told it. It stays in the config as `output_shape`, so that whoever
 * builds the layer can see whether the two agree.
 */
export const deconvolution2d: LayerReader = (layer) => {
  const format = spatial(layer).readDataFormat();
  kernelAndBias(layer, { axes: format === 'channels_first' ? [2, 3, 0, 1] : [0, 1, 3, 2] }).same('output_shape');
  return 'Conv2DTranspose';
};

export const separableConvolution2d: LayerReader = (layer) => {
  const axes = spatial(layer).readDataFormat() === 'channels_first' ? theano(2) : undefined;
  layer.same('depth_multiplier').rename('bias', 'use_bias');
  for (const part of ['depthwise', 'pointwise'])
    layer.initializer('init', `${part}_initializer`).regularizer(`${part}_regularizer`, `${part}_regularizer`).constraint(`${part}_constraint`, `${part}_constraint`, axes);
  layer.regularizer('b_regularizer', 'bias_regularizer').regularizer('activity_regularizer', 'activity_regularizer').constraint('b_constraint', 'bias_constraint');
  return 'SeparableConv2D';
};

export const locallyConnected1d: LayerReader = (layer) => {
  kernelAndBias(temporal(layer));
  return 'LocallyConnected1D';
};

export const locallyConnected2d: LayerReader = (layer) => {
  spatial(layer).readDataFormat();
  kernelAndBias(layer);
  return 'LocallyConnected2D';
};

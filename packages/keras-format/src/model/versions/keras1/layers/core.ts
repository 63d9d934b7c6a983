import { FormatError } from '../../../../format-error.js';
import type { LayerReader } from '../translation.js';
import { kernelAndBias } from './weights.js';

export const input: LayerReader = (layer) => {
  layer.same('sparse');
  return 'InputLayer';
};

export const dense: LayerReader = (layer) => {
  kernelAndBias(layer.rename('output_dim', 'units').same('activation')).inputDim(2);
  return 'Dense';
};

/** Keras 2's Dense is applied to each step by itself. */
export const timeDistributedDense: LayerReader = (layer) => {
  kernelAndBias(layer.rename('output_dim', 'units').same('activation')).inputDim(3);
  return 'Dense';
};

export const activation: LayerReader = (layer) => {
  layer.same('activation');
  return 'Activation';
};

export const dropout: LayerReader = (layer) => {
  layer.rename('p', 'rate');
  return 'Dropout';
};

export const spatialDropout1d: LayerReader = (layer) => {
  layer.rename('p', 'rate');
  return 'SpatialDropout1D';
};

export const spatialDropout =
  (dimensions: 2 | 3): LayerReader =>
  (layer) => {
    layer.rename('p', 'rate').readDataFormat();
    return `SpatialDropout${dimensions}D`;
  };

export const gaussianNoise: LayerReader = (layer) => {
  layer.rename('sigma', 'stddev');
  return 'GaussianNoise';
};

export const gaussianDropout: LayerReader = (layer) => {
  layer.rename('p', 'rate');
  return 'GaussianDropout';
};

/** A layer without weights whose fields Keras 2 has under the same names. */
export const plain =
  (className: string, ...fields: string[]): LayerReader =>
  (layer) => {
    layer.same(...fields);
    return className;
  };

export const wrapper =
  (className: string, ...fields: string[]): LayerReader =>
  (layer) => {
    layer.same('layer', ...fields);
    return className;
  };

export const embedding: LayerReader = (layer) => {
  const dropped = layer.get('dropout');
  if (typeof dropped === 'number' && dropped > 0)
    throw new FormatError(
      'unsupported_argument',
      layer.at('dropout'),
      `Embedding's dropout, which no Keras after 1.x has, leaves out whole words of the vocabulary in training; expected 0, received ${dropped}. Set it to 0 and put a SpatialDropout1D behind the layer`,
    );
  layer
    .same('input_dim', 'output_dim', 'input_length', 'mask_zero')
    .initializer('init', 'embeddings_initializer')
    .regularizer('W_regularizer', 'embeddings_regularizer')
    .regularizer('activity_regularizer', 'activity_regularizer')
    .constraint('W_constraint', 'embeddings_constraint');
  // Keras 1's input_dtype is the indices' (int32); Keras 2's dtype is the weights'.
  if (layer.get('input_dtype') !== undefined) layer.set('dtype', 'float32', 'input_dtype');
  if (layer.config['batch_input_shape'] === undefined && layer.get('input_length') !== undefined) layer.set('batch_input_shape', [null, layer.get('input_length') ?? null], 'input_length');
  return 'Embedding';
};

export const batchNormalization: LayerReader = (layer) => {
  const mode = layer.get('mode') ?? 0;
  if (mode !== 0)
    throw new FormatError(
      'unsupported_argument',
      layer.at('mode'),
      `BatchNormalization's mode ${JSON.stringify(mode)} (1: by sample; 2: by batch, in prediction too) is in Keras 1 only; expected 0. Train the model anew with mode 0`,
    );
  layer
    .same('axis', 'momentum', 'epsilon')
    .initializer('beta_init', 'beta_initializer')
    .initializer('gamma_init', 'gamma_initializer')
    .regularizer('beta_regularizer', 'beta_regularizer')
    .regularizer('gamma_regularizer', 'gamma_regularizer');
  return 'BatchNormalization';
};

export const prelu: LayerReader = (layer) => {
  layer.initializer('init', 'alpha_initializer').same('shared_axes');
  return 'PReLU';
};

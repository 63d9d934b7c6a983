import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';

/** What convolutions and poolings share: data formats, paddings, lengths. */
export type DataFormat = 'channels_last' | 'channels_first';
export type Padding = 'valid' | 'same';

/** A missing data format means channels_last, the default of Keras's own configuration. */
export function readDataFormat(config: ConfigReader): DataFormat {
  return config.oneOf('data_format', ['channels_last', 'channels_first'], 'channels_last');
}

/** Keras's conv_output_length: positions of a window of `size` (dilated) over `length`, at `stride`. */
export function outputLength(length: number | null, size: number, padding: Padding, stride: number, dilation = 1): number | null {
  if (length === null) return null;
  const window = size + (size - 1) * (dilation - 1);
  return Math.floor(((padding === 'same' ? length : length - window + 1) + stride - 1) / stride);
}

/** The axes of [height, width] in a 4-D shape. */
export function spatialAxes(format: DataFormat): readonly [number, number] {
  return format === 'channels_first' ? [2, 3] : [1, 2];
}

/** Runs `op` on a channels-last view of `x`: TensorFlow's CPU kernels know no other layout. */
export function inChannelsLast(x: tf.Tensor, format: DataFormat, op: (x: tf.Tensor4D) => tf.Tensor): tf.Tensor {
  if (format === 'channels_last') return op(x as tf.Tensor4D);
  return tf.transpose(op(tf.transpose(x as tf.Tensor4D, [0, 2, 3, 1])), [0, 3, 1, 2]);
}

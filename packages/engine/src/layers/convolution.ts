import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';

/** What convolutions, poolings and paddings share: data formats, paddings, lengths. */
export type DataFormat = 'channels_last' | 'channels_first';
export type Padding = 'valid' | 'same';

/** A missing data format means channels_last, the default of Keras's own configuration. */
export function readDataFormat(config: ConfigReader): DataFormat {
  return config.oneOf('data_format', ['channels_last', 'channels_first'], 'channels_last');
}

/** Keras's conv_output_length: positions of a window of `size` (dilated) over `length`, at `stride`. */
export function outputLength(length: number | null, size: number, padding: Padding | 'causal', stride: number, dilation = 1): number | null {
  if (length === null) return null;
  const window = size + (size - 1) * (dilation - 1);
  return Math.floor(((padding === 'valid' ? length - window + 1 : length) + stride - 1) / stride);
}

/** The axes along which `count` spatial dimensions lie, the batch being axis 0. */
export function spatialAxes(format: DataFormat, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i + (format === 'channels_first' ? 2 : 1));
}

/** The axis of the channels in a tensor with `count` spatial dimensions. */
export function channelAxis(format: DataFormat, count: number): number {
  return format === 'channels_first' ? 1 : count + 1;
}

/** Runs `op` on a channels-last view of `x`: TensorFlow's CPU kernels know no other layout. */
export function inChannelsLast(x: tf.Tensor, format: DataFormat, op: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  if (format === 'channels_last') return op(x);
  const inner = Array.from({ length: x.rank - 2 }, (_, i) => i + 2);
  const y = op(tf.transpose(x, [0, ...inner, 1]));
  return tf.transpose(y, [0, y.rank - 1, ...Array.from({ length: y.rank - 2 }, (_, i) => i + 1)]);
}

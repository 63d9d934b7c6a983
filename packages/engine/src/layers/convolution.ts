import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { shapeText, type Shape } from '../shape.js';
import type { Layer } from './layer.js';

/** What convolutions, poolings and paddings share: data formats, paddings, windows, lengths. */
export type DataFormat = 'channels_last' | 'channels_first';
export type Padding = 'valid' | 'same';

/** How a kernel moves over the spatial axes of its input. */
export interface Window<P extends string = Padding> {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: P;
  readonly format: DataFormat;
}

/** A missing data format means channels_last, the default of Keras's own configuration. */
export function readDataFormat(config: ConfigReader): DataFormat {
  return config.oneOf('data_format', ['channels_last', 'channels_first'], 'channels_last');
}

/** Reads `kernel_size`, `strides`, `dilation_rate`, `padding` and `data_format`, one integer for all axes or one each. */
export function readWindow<P extends string>(config: ConfigReader, axes: number, paddings: readonly P[]): Window<P> {
  return {
    size: config.integers('kernel_size', axes, { min: 1 }),
    strides: config.integers('strides', axes, { min: 1, otherwise: 1 }),
    dilation: config.integers('dilation_rate', axes, { min: 1, otherwise: 1 }),
    padding: config.oneOf('padding', paddings, 'valid' as P),
    format: readDataFormat(config),
  };
}

/** @throws FormatError for a window that both jumps and is spread: neither Keras nor TensorFlow has it. */
export function requireNoDilatedStrides(config: ConfigReader, { strides, dilation }: Pick<Window, 'strides' | 'dilation'>): void {
  if (strides.some((stride) => stride > 1) && dilation.some((rate) => rate > 1)) throw config.refuse('dilation_rate', '1 where strides are greater than 1');
}

/** Keras's conv_output_length: positions of a window of `size` (dilated) over `length`, at `stride`. */
export function outputLength(length: number | null, size: number, padding: Padding | 'causal', stride: number, dilation = 1): number | null {
  if (length === null) return null;
  const window = size + (size - 1) * (dilation - 1);
  return Math.floor(((padding === 'valid' ? length - window + 1 : length) + stride - 1) / stride);
}

/**
 * Shape of what a layer's convolution with `filters` makes of its input.
 * @throws FormatError when the kernel does not fit into it.
 */
export function convolvedShape(layer: Layer, inputShape: Shape, { size, strides, dilation, padding, format }: Window<Padding | 'causal'>, filters: number): Shape {
  const lengths = spatialAxes(format, size.length).map((axis, i) => outputLength(inputShape[axis] ?? null, size[i] ?? 1, padding, strides[i] ?? 1, dilation[i] ?? 1));
  if (lengths.some((length) => length !== null && length < 1))
    throw new FormatError('incompatible_shapes', layer.pointer, `layer "${layer.name}" (${layer.className}): a kernel of (${size.join(', ')}) does not fit into an input of ${shapeText(inputShape)}`);
  const batch = inputShape[0] ?? null;
  return format === 'channels_first' ? [batch, filters, ...lengths] : [batch, ...lengths, filters];
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

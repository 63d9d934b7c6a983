import * as tf from '@tensorflow/tfjs-core';

import { runKernel } from './kernels.js';
import { withSpaceToBatch } from './with-space-to-batch.js';

/** How a window moves over the spatial axes: one stride and one dilation each. */
export interface ConvolutionGeometry {
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: 'valid' | 'same';
}

/**
 * A convolution over one, two or three spatial axes, channels last: x [batch, …spatial, channels], kernel
 * [...size, channels, filters]. Strides and dilation are not both greater than 1.
 */
export function convolve(x: tf.Tensor, kernel: tf.Tensor, geometry: ConvolutionGeometry): tf.Tensor {
  if (x.rank === 3) return overOneAxis(x, kernel, geometry, convolve);
  if (geometry.dilation.every((rate) => rate === 1)) return plain(x, kernel, geometry.strides, geometry.padding);
  const size = kernel.shape.slice(0, -2);
  return withSpaceToBatch(x, { size, ...geometry }, (spread) => plain(spread, kernel, geometry.strides, 'valid'));
}

/**
 * A convolution in `groups`: each part of the filters over its part of the channels; kernel [...size, channels / groups,
 * filters]. A convolution for each part, as TensorFlow's CPU kernels have no gradient of a grouped one.
 */
export function convolveGroups(x: tf.Tensor, kernel: tf.Tensor, groups: number, geometry: ConvolutionGeometry): tf.Tensor {
  if (groups === 1) return convolve(x, kernel, geometry);
  const kernels = tf.split(kernel, groups, -1);
  return tf.concat(tf.split(x, groups, -1).map((part, i) => convolve(part, kernels[i] as tf.Tensor, geometry)), -1);
}

function plain(x: tf.Tensor, kernel: tf.Tensor, strides: readonly number[], padding: 'valid' | 'same'): tf.Tensor {
  if (x.rank === 4) return tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides as [number, number], padding);
  return tf.conv3d(x as tf.Tensor5D, kernel as tf.Tensor5D, strides as [number, number, number], padding);
}

/**
 * A convolution of each channel with `multiplier` kernels of its own over one or two spatial axes: kernel
 * [...size, channels, multiplier], answers [..., channels · multiplier].
 */
export function convolveDepthwise(x: tf.Tensor, kernel: tf.Tensor, geometry: ConvolutionGeometry): tf.Tensor {
  if (x.rank === 3) return overOneAxis(x, kernel, geometry, convolveDepthwise);
  const depthwise = (input: tf.Tensor, padding: 'valid' | 'same'): tf.Tensor =>
    tf.depthwiseConv2d(input as tf.Tensor4D, kernel as tf.Tensor4D, geometry.strides as [number, number], padding);
  if (geometry.dilation.every((rate) => rate === 1)) return depthwise(x, geometry.padding);
  return withSpaceToBatch(x, { size: kernel.shape.slice(0, 2), ...geometry }, (spread) => depthwise(spread, 'valid'));
}

/**
 * As TensorFlow's conv1d: a convolution over two axes, the first of length 1. TensorFlow's depthwise kernels want equal
 * strides, and along an axis of length 1 any stride will do.
 */
function overOneAxis(x: tf.Tensor, kernel: tf.Tensor, { strides, dilation, padding }: ConvolutionGeometry, over: typeof convolve): tf.Tensor {
  const [stride = 1] = strides;
  const flat = over(tf.expandDims(x, 1), tf.expandDims(kernel, 0), { strides: [stride, stride], dilation: [1, ...dilation], padding });
  return tf.squeeze(flat, [1]);
}

/**
 * The transpose of a convolution over one to three axes, channels last: x [batch, …spatial, channels], kernel
 * [...size, filters, channels].
 * @param outputShape of the result, the batch included.
 */
export function convolveTransposed(x: tf.Tensor, kernel: tf.Tensor, outputShape: readonly number[], { strides, dilation, padding }: ConvolutionGeometry): tf.Tensor {
  const [batch = 1, ...row] = outputShape;
  if (x.rank === 3) {
    const flat = { strides: [1, ...strides], dilation: [1, ...dilation], padding };
    return tf.squeeze(convolveTransposed(tf.expandDims(x, 1), tf.expandDims(kernel, 0), [batch, 1, ...row], flat), [1]);
  }
  if (dilation.some((rate) => rate > 1)) {
    const spread = dilation.reduce((taps, rate, axis) => spreadAlong(taps, axis, rate), kernel);
    return convolveTransposed(x, spread, outputShape, { strides, dilation: dilation.map(() => 1), padding });
  }
  if (x.rank === 4)
    return tf.conv2dTranspose(x as tf.Tensor4D, kernel as tf.Tensor4D, outputShape as [number, number, number, number], strides as [number, number], padding);
  // tfjs knows no gradient of its transposed convolution over three axes: it is a convolution again.
  const steps = strides as [number, number, number];
  const op = tf.customGrad((input, filter, save) => {
    (save as tf.GradSaveFunc)([input as tf.Tensor, filter as tf.Tensor]);
    return {
      value: tf.conv3dTranspose(input as tf.Tensor5D, filter as tf.Tensor5D, outputShape as [number, number, number, number, number], steps, padding),
      gradFunc: (dy: tf.Tensor, [y, saved]: tf.Tensor[]) => [
        tf.conv3d(dy as tf.Tensor5D, saved as tf.Tensor5D, steps, padding),
        runKernel('Conv3DBackpropFilterV2', { x: dy, dy: y as tf.Tensor }, { strides: [...steps], pad: padding, filterShape: [...kernel.shape] }),
      ],
    };
  });
  return op(x, kernel);
}

/** `rate` − 1 zeros between the entries along `axis`: a dilated kernel as a plain one, for ops that know no dilation. */
function spreadAlong(x: tf.Tensor, axis: number, rate: number): tf.Tensor {
  if (rate === 1) return x;
  const length = x.shape[axis] ?? 1;
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const padded = tf.pad(tf.reshape(x, [...before, length, 1, ...after]), [...before.map((): [number, number] => [0, 0]), [0, 0], [0, rate - 1], ...after.map((): [number, number] => [0, 0])]);
  const spread = tf.reshape(padded, [...before, length * rate, ...after]);
  return tf.slice(spread, spread.shape.map(() => 0), [...before, (length - 1) * rate + 1, ...after]);
}

import * as tf from '@tensorflow/tfjs-core';

/**
 * A dilated convolution (stride 1, channels last) as space-to-batch, a plain convolution and batch-to-space: what
 * tf.nn.convolution does. TensorFlow's CPU kernels have no gradient of a dilated convolution.
 */
export function dilatedConv2d(x: tf.Tensor4D, kernel: tf.Tensor4D, padding: 'valid' | 'same', dilation: readonly [number, number]): tf.Tensor {
  const pads: [number, number][] = [];
  const crops: [number, number][] = [];
  for (const axis of [0, 1] as const) {
    const total = padding === 'same' ? ((kernel.shape[axis] ?? 1) - 1) * dilation[axis] : 0;
    const before = Math.floor(total / 2);
    const padded = (x.shape[axis + 1] ?? 0) + total;
    const extra = (dilation[axis] - (padded % dilation[axis])) % dilation[axis];
    pads.push([before, total - before + extra]);
    crops.push([0, extra]);
  }
  const spread = tf.spaceToBatchND<tf.Tensor4D>(x, [...dilation], pads);
  return tf.batchToSpaceND(tf.conv2d(spread, kernel, 1, 'valid'), [...dilation], crops);
}

import * as tf from '@tensorflow/tfjs-core';

import { kernels, runKernel } from './kernels.js';

/**
 * Mean and population variance over `axes`, which stay as dimensions of 1; bit for bit what TensorFlow's `moments` and its
 * gradient compute under Keras. That takes three things: the variance's gradient is 2(x − mean)·dy/n with none through the
 * mean (it is 0); the mean comes first on the tape, so that gradients are summed in the same order; and n is no constant, or
 * the graph's optimizer turns the division by it into a multiplication with its reciprocal.
 */
export function moments(x: tf.Tensor, axes: number[]): { mean: tf.Tensor; variance: tf.Tensor } {
  const n = axes.reduce((size, axis) => size * (x.shape[axis] ?? 1), 1);
  const divided = (dy: tf.Tensor): tf.Tensor => tf.div(dy, runKernel(kernels.unfoldedScalar, {}, { value: n }));
  const mean = tf.customGrad((input) => ({
    value: tf.mean(input as tf.Tensor, axes, true),
    gradFunc: (dy: tf.Tensor) => tf.broadcastTo(divided(dy), x.shape),
  }))(x);
  const variance = tf.customGrad((input, save) => {
    const centred = tf.sub(input as tf.Tensor, tf.mean(input as tf.Tensor, axes, true));
    (save as tf.GradSaveFunc)([centred]);
    return {
      value: tf.mean(tf.square(centred), axes, true),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.mul(divided(dy), 2), saved[0] as tf.Tensor),
    };
  })(x);
  return { mean, variance };
}

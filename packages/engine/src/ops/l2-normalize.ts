import * as tf from '@tensorflow/tfjs-core';

/** TensorFlow's l2_normalize: x / √max(Σx², 1e-12), sums over `axis`. */
export function l2Normalize(x: tf.Tensor, axis: number | number[]): tf.Tensor {
  return tf.mul(x, tf.rsqrt(tf.maximum(tf.sum(tf.square(x), axis, true), 1e-12)));
}

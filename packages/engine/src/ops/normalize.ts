import * as tf from '@tensorflow/tfjs-core';

/** What a normalization takes besides its input; each can be broadcast to the input's shape. */
export interface Normalization {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  readonly epsilon: number;
  readonly gamma?: tf.Tensor | undefined;
  readonly beta?: tf.Tensor | undefined;
}

/**
 * x·f + (β − mean·f) with f = γ/√(variance + ε): TensorFlow's batch_normalization, operation by operation. A bias before
 * such a layer has a gradient that is 0 but for rounding, which Adam then scales up to the learning rate: another order of
 * operations rounds otherwise and such a bias drifts elsewhere (2e-3 after nine steps).
 */
export function normalize(x: tf.Tensor, { mean, variance, epsilon, gamma, beta }: Normalization): tf.Tensor {
  const root = tf.rsqrt(tf.add(variance, epsilon));
  const factor = gamma ? tf.mul(root, gamma) : root;
  const shift = tf.mul(mean, factor);
  return tf.add(tf.mul(x, factor), beta ? tf.sub(beta, shift) : tf.neg(shift));
}

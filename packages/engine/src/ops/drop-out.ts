import * as tf from '@tensorflow/tfjs-core';

import { randomUniform } from './random.js';

/**
 * Sets a share `rate`, between 0 and 1, of entries to 0 and scales the rest by 1 / (1 − rate).
 * @param shape in which entries are kept or dropped: where it has a 1, together.
 */
export function dropOut(x: tf.Tensor, rate: number, seed: tf.Tensor, shape: readonly number[] = x.shape): tf.Tensor {
  const kept = tf.cast(tf.greaterEqual(randomUniform(seed, shape), rate), 'float32');
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
}

import * as tf from '@tensorflow/tfjs-core';

import type { Initializer } from './initializer.js';

/** An LSTM's bias: ones for the second of its four gates, the forget gate, and `others` for the rest. */
export function withUnitForgetBias(others: Initializer): Initializer {
  return {
    seed: others.seed,
    draw: ([width = 0], seed) => {
      const units = width / 4;
      const drawn = tf.split(others.draw([units * 3], seed), [units, units * 2]);
      return tf.concat([drawn[0] as tf.Tensor, tf.ones([units]), drawn[1] as tf.Tensor]);
    },
  };
}

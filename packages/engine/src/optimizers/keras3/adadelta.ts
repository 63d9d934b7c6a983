import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../../config/config-reader.js';
import type { Optimizer } from '../optimizer.js';
import { keras3Optimizer } from './common.js';

/** a ← ρa + (1 − ρ)g²; u = g·√(d + ε) / √(a + ε); d ← ρd + (1 − ρ)u²; p −= lr·u. Its learning_rate is 0.001, Keras 2.0's lr 1. */
export function adadelta(config: ConfigReader): Optimizer {
  const rho = config.number('rho', { min: 0, max: 1, otherwise: 0.95 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-7 });
  return keras3Optimizer(config, { learningRate: 0.001 }, {
    className: 'Adadelta',
    own: { rho, epsilon },
    slotGroups: [['accumulated_grad', 'accumulated_delta_var']],
    update: ({ value, gradient, slots: [a, d] }, rate) => {
      const average = (slot: tf.Tensor, of: tf.Tensor): tf.Tensor => tf.add(tf.mul(slot, rho), tf.mul(tf.square(of), 1 - rho));
      const accumulated = average(a as tf.Tensor, gradient);
      const step = tf.div(tf.mul(tf.sqrt(tf.add(d as tf.Tensor, epsilon)), gradient), tf.sqrt(tf.add(accumulated, epsilon)));
      return { value: tf.sub(value, tf.mul(rate, step)), slots: [accumulated, average(d as tf.Tensor, step)] };
    },
  });
}

import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { clippingConfig } from './clipping.js';
import { decayed, type Optimizer } from './optimizer.js';

/** a ← ρa + (1 − ρ)g²; u = g·√(d + ε) / √(a + ε); p −= lr·u; d ← ρd + (1 − ρ)u². Keras 2.0's lr is 1. */
export function adadelta(config: ConfigReader): Optimizer {
  const lr = config.number('lr', { min: 0, otherwise: 1 });
  const rho = config.number('rho', { min: 0, otherwise: 0.95 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-8 });
  const decay = config.number('decay', { min: 0, otherwise: 0 });
  return {
    className: 'Adadelta',
    config: { lr, rho, decay, epsilon, ...clippingConfig(config) },
    lr,
    slotNames: ['accumulator', 'delta_accumulator'],
    savesIterations: false,
    hyperparameters: (rate, iterations) => [decayed(rate, decay, iterations)],
    update: ({ value, gradient, slots: [a, d] }, [rate]) => {
      const moved = (average: tf.Tensor, of: tf.Tensor): tf.Tensor => tf.add(tf.mul(average, rho), tf.mul(tf.square(of), 1 - rho));
      const accumulated = moved(a as tf.Tensor, gradient);
      const root = tf.sqrt(tf.add(d as tf.Tensor, epsilon));
      const step = tf.div(tf.mul(gradient, root), tf.sqrt(tf.add(accumulated, epsilon)));
      return { value: tf.sub(value, tf.mul(rate as tf.Tensor, step)), slots: [accumulated, moved(d as tf.Tensor, step)] };
    },
  };
}

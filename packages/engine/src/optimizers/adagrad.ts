import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { clippingConfig } from './clipping.js';
import { decayed, type Optimizer } from './optimizer.js';

/** a ← a + g²; p −= lr·g / (√a + ε). Keras 2.0's a starts at 0, later Keras's at 0.1. */
export function adagrad(config: ConfigReader): Optimizer {
  const lr = config.number('lr', { min: 0, otherwise: 0.01 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-8 });
  const decay = config.number('decay', { min: 0, otherwise: 0 });
  return {
    className: 'Adagrad',
    config: { lr, decay, epsilon, ...clippingConfig(config) },
    lr,
    slotNames: ['accumulator'],
    savesIterations: false,
    hyperparameters: (rate, iterations) => [decayed(rate, decay, iterations)],
    update: ({ value, gradient, slots: [a] }, [rate]) => {
      const accumulated = tf.add(a as tf.Tensor, tf.square(gradient));
      const step = tf.div(tf.mul(rate as tf.Tensor, gradient), tf.add(tf.sqrt(accumulated), epsilon));
      return { value: tf.sub(value, step), slots: [accumulated] };
    },
  };
}

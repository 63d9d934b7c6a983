import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { clippingConfig } from './clipping.js';
import { decayed, type Optimizer } from './optimizer.js';

/**
 * a ← ρa + (1 − ρ)g²; p −= lr·g / (√a + ε): ε outside the root, where TensorFlow's fused kernel has it inside.
 * ρ is a float32 variable in Keras, so 1 − ρ is rounded as float32 arithmetic rounds it.
 */
export function rmsprop(config: ConfigReader): Optimizer {
  const lr = config.number('lr', { min: 0, otherwise: 0.001 });
  const rho = config.number('rho', { min: 0, otherwise: 0.9 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-8 });
  const decay = config.number('decay', { min: 0, otherwise: 0 });
  const rest = Math.fround(1 - Math.fround(rho));
  return {
    className: 'RMSprop',
    config: { lr, rho, decay, epsilon, ...clippingConfig(config) },
    lr,
    slotNames: ['accumulator'],
    savesIterations: false,
    hyperparameters: (rate, iterations) => [decayed(rate, decay, iterations)],
    update: ({ value, gradient, slots: [a] }, [rate]) => {
      const accumulated = tf.add(tf.mul(a as tf.Tensor, rho), tf.mul(tf.square(gradient), rest));
      const step = tf.div(tf.mul(rate as tf.Tensor, gradient), tf.add(tf.sqrt(accumulated), epsilon));
      return { value: tf.sub(value, step), slots: [accumulated] };
    },
  };
}

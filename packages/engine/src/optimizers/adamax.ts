import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { clippingConfig } from './clipping.js';
import { decayed, type Optimizer } from './optimizer.js';

const f32 = Math.fround;

/**
 * lr_t = lr/(1 − β₁ᵗ); m moving average of g; u ← max(β₂u, |g|); p −= lr_t·m / (u + ε). Rounded where Keras's graph rounds:
 * see adam.ts.
 */
export function adamax(config: ConfigReader): Optimizer {
  const lr = config.number('lr', { min: 0, otherwise: 0.002 });
  const beta1 = config.number('beta_1', { min: 0, max: 1, otherwise: 0.9 });
  const beta2 = config.number('beta_2', { min: 0, max: 1, otherwise: 0.999 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-8 });
  const decay = config.number('decay', { min: 0, otherwise: 0 });
  const rest1 = f32(1 - f32(beta1));
  return {
    className: 'Adamax',
    config: { lr, beta_1: beta1, beta_2: beta2, decay, epsilon, ...clippingConfig(config) },
    lr,
    slotNames: ['m', 'u'],
    savesIterations: true,
    hyperparameters: (rate, iterations) => [f32(decayed(rate, decay, iterations) / f32(1 - f32(f32(beta1) ** (iterations + 1))))],
    update: ({ value, gradient, slots: [m0, u0] }, [rate]) => {
      const m = tf.add(tf.mul(m0 as tf.Tensor, beta1), tf.mul(gradient, rest1));
      const u = tf.maximum(tf.mul(u0 as tf.Tensor, beta2), tf.abs(gradient));
      const step = tf.div(tf.mul(rate as tf.Tensor, m), tf.add(u, epsilon));
      return { value: tf.sub(value, step), slots: [m, u] };
    },
  };
}

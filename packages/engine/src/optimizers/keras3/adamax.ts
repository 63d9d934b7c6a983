import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../../config/config-reader.js';
import type { Optimizer } from '../optimizer.js';
import { towards } from './adam.js';
import { keras3Optimizer } from './common.js';

const f32 = Math.fround;

/** m += (g − m)(1 − β₁); u ← max(β₂u, |g|); p −= lr·m / ((1 − β₁ᵗ)(u + ε)) */
export function adamax(config: ConfigReader): Optimizer {
  const beta1 = config.number('beta_1', { min: 0, max: 1, otherwise: 0.9 });
  const beta2 = config.number('beta_2', { min: 0, max: 1, otherwise: 0.999 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-7 });
  return keras3Optimizer(config, { learningRate: 0.001 }, {
    className: 'Adamax',
    own: { beta_1: beta1, beta_2: beta2, epsilon },
    slotGroups: [['momentum', 'norm']],
    fed: (t) => [f32(1 - f32(f32(beta1) ** t))],
    update: ({ value, gradient, slots: [m0, u0] }, rate, [unbias]) => {
      const m = towards(m0 as tf.Tensor, gradient, 1 - beta1);
      const u = tf.maximum(tf.mul(u0 as tf.Tensor, beta2), tf.abs(gradient));
      return { value: tf.sub(value, tf.div(tf.mul(rate, m), tf.mul(unbias as tf.Tensor, tf.add(u, epsilon)))), slots: [m, u] };
    },
  });
}

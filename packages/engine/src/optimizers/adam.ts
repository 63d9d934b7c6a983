import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { clippingConfig } from './clipping.js';
import { decayed, type Optimizer } from './optimizer.js';

const f32 = Math.fround;

/**
 * lr_t = lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ); m, v moving averages of g, g²; p −= lr_t·m / (√v + ε), the paper's "epsilon hat". `amsgrad`,
 * which Keras has since 2.1.3: the largest v so far in place of v.
 *
 * In Keras's own operations, rounded where its graph rounds, and not by ResourceApplyAdam, whose m += (g − m)(1 − β₁) rounds
 * otherwise: for a weight whose gradient is 0 but for rounding, m/√v is of the order 1 whatever the gradient's size, and
 * after nine steps such a bias is 3e-3 away.
 */
export function adam(config: ConfigReader): Optimizer {
  const lr = config.number('lr', { min: 0, otherwise: 0.001 });
  const beta1 = config.number('beta_1', { min: 0, max: 1, otherwise: 0.9 });
  const beta2 = config.number('beta_2', { min: 0, max: 1, otherwise: 0.999 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-8 });
  const decay = config.number('decay', { min: 0, otherwise: 0 });
  const amsgrad = config.boolean('amsgrad', false);
  const rest1 = f32(1 - f32(beta1));
  const rest2 = f32(1 - f32(beta2));
  return {
    className: 'Adam',
    config: { lr, beta_1: beta1, beta_2: beta2, decay, epsilon, ...(config.has('amsgrad') && { amsgrad }), ...clippingConfig(config) },
    lr,
    slotNames: ['m', 'v', ...(amsgrad ? ['vhat'] : [])],
    savesIterations: true,
    hyperparameters: (rate, iterations) => {
      const t = iterations + 1;
      const root = f32(Math.sqrt(f32(1 - f32(f32(beta2) ** t))));
      return [f32(decayed(rate, decay, iterations) * f32(root / f32(1 - f32(f32(beta1) ** t))))];
    },
    update: ({ value, gradient, slots: [m0, v0, largest] }, [rate]) => {
      const m = tf.add(tf.mul(m0 as tf.Tensor, beta1), tf.mul(gradient, rest1));
      const v = tf.add(tf.mul(v0 as tf.Tensor, beta2), tf.mul(tf.square(gradient), rest2));
      const hat = largest ? tf.maximum(largest, v) : undefined;
      const step = tf.div(tf.mul(rate as tf.Tensor, m), tf.add(tf.sqrt(hat ?? v), epsilon));
      return { value: tf.sub(value, step), slots: [m, v, ...(hat ? [hat] : [])] };
    },
  };
}

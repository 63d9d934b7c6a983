import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../../config/config-reader.js';
import type { Optimizer } from '../optimizer.js';
import { keras3Optimizer } from './common.js';

const f32 = Math.fround;

/**
 * m += (g − m)(1 − β₁); v += (g² − v)(1 − β₂); amsgrad: the largest v so far in place of v;
 * p −= m·lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) / (√v + ε). AdamW is the same with a `weight_decay` of 0.004.
 */
function adamLike(className: 'Adam' | 'AdamW', config: ConfigReader): Optimizer {
  const beta1 = config.number('beta_1', { min: 0, max: 1, otherwise: 0.9 });
  const beta2 = config.number('beta_2', { min: 0, max: 1, otherwise: 0.999 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-7 });
  const amsgrad = config.boolean('amsgrad', false);
  return keras3Optimizer(config, { learningRate: 0.001, ...(className === 'AdamW' && { weightDecay: 0.004 }) }, {
    className,
    own: { beta_1: beta1, beta_2: beta2, epsilon, amsgrad },
    slotGroups: [['momentum', 'velocity'], ...(amsgrad ? [['velocity_hat']] : [])],
    fed: (t) => [f32(Math.sqrt(f32(1 - f32(f32(beta2) ** t)))), f32(1 - f32(f32(beta1) ** t))],
    update: ({ value, gradient, slots: [m0, v0, largest] }, rate, [root, unbias]) => {
      const m = towards(m0 as tf.Tensor, gradient, 1 - beta1);
      const v = towards(v0 as tf.Tensor, tf.square(gradient), 1 - beta2);
      const hat = largest ? tf.maximum(largest, v) : undefined;
      const alpha = tf.div(tf.mul(rate, root as tf.Tensor), unbias as tf.Tensor);
      const step = tf.div(tf.mul(m, alpha), tf.add(tf.sqrt(hat ?? v), epsilon));
      return { value: tf.sub(value, step), slots: [m, v, ...(hat ? [hat] : [])] };
    },
  });
}

/** a + (of − a)·share, in the order in which Keras 3 rounds. */
export function towards(a: tf.Tensor, of: tf.Tensor, share: number): tf.Tensor {
  return tf.add(a, tf.mul(tf.sub(of, a), share));
}

export const adam = (config: ConfigReader): Optimizer => adamLike('Adam', config);
export const adamW = (config: ConfigReader): Optimizer => adamLike('AdamW', config);

import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { clippingConfig } from './clipping.js';
import type { Optimizer } from './optimizer.js';

const f32 = Math.fround;

/**
 * Adam with Nesterov's momentum (Dozat 2015) and a momentum μ that warms up, μ_t = β₁(1 − ½·0.96^(t·schedule_decay)), of
 * which M is the product so far:
 *   g' = g/(1 − M_t); m' = m/(1 − M_t·μ_{t+1}); v' = v/(1 − β₂ᵗ); p −= lr·((1 − μ_t)g' + μ_{t+1}m') / (√v' + ε).
 * Rounded where Keras's graph rounds: see adam.ts.
 */
export function nadam(config: ConfigReader): Optimizer {
  const lr = config.number('lr', { min: 0, otherwise: 0.002 });
  const beta1 = config.number('beta_1', { min: 0, max: 1, otherwise: 0.9 });
  const beta2 = config.number('beta_2', { min: 0, max: 1, otherwise: 0.999 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-8 });
  const scheduleDecay = config.number('schedule_decay', { otherwise: 0.004 });
  const rest1 = f32(1 - f32(beta1));
  const rest2 = f32(1 - f32(beta2));
  const momentum = (t: number): number => f32(f32(beta1) * f32(1 - f32(0.5 * f32(f32(0.96) ** f32(t * f32(scheduleDecay))))));
  return {
    className: 'Nadam',
    config: { lr, beta_1: beta1, beta_2: beta2, epsilon, schedule_decay: scheduleDecay, ...clippingConfig(config) },
    lr,
    slotNames: ['m', 'v'],
    savesIterations: true,
    hyperparameters: (rate, iterations, schedule) => {
      const t = iterations + 1;
      const [now, next] = [momentum(t), momentum(t + 1)];
      const product = f32(schedule * now);
      return [f32(rate), f32(1 - product), f32(1 - f32(product * next)), f32(1 - f32(f32(beta2) ** t)), f32(1 - now), next];
    },
    advance: (schedule, iterations) => f32(schedule * momentum(iterations + 1)),
    update: ({ value, gradient, slots: [m0, v0] }, hyper) => {
      const [rate, unbiasG, unbiasM, unbiasV, shareG, shareM] = hyper as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const m = tf.add(tf.mul(m0 as tf.Tensor, beta1), tf.mul(gradient, rest1));
      const v = tf.add(tf.mul(v0 as tf.Tensor, beta2), tf.mul(tf.square(gradient), rest2));
      const bar = tf.add(tf.mul(shareG, tf.div(gradient, unbiasG)), tf.mul(shareM, tf.div(m, unbiasM)));
      const step = tf.div(tf.mul(rate, bar), tf.add(tf.sqrt(tf.div(v, unbiasV)), epsilon));
      return { value: tf.sub(value, step), slots: [m, v] };
    },
  };
}

import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../../config/config-reader.js';
import type { Optimizer } from '../optimizer.js';
import { towards } from './adam.js';
import { keras3Optimizer } from './common.js';

const f32 = Math.fround;

/**
 * Adam with Nesterov's momentum and a momentum that warms up, μ_t = β₁(1 − ½·0.96ᵗ), M their product so far:
 *   m' = μ_{t+1}·m/(1 − M_t·μ_{t+1}) + (1 − μ_t)g/(1 − M_t); v' = v/(1 − β₂ᵗ); p −= lr·m' / (√v' + ε).
 * tf-keras's legacy one, whose config has a `decay` d, warms up more slowly: μ_t = β₁(1 − ½·0.96^(d·t)).
 */
export function nadam(config: ConfigReader): Optimizer {
  const beta1 = config.number('beta_1', { min: 0, max: 1, otherwise: 0.9 });
  const beta2 = config.number('beta_2', { min: 0, max: 1, otherwise: 0.999 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-7 });
  const warmUp = config.has('decay') ? config.number('decay', { min: 0 }) : 1;
  const momentum = (t: number): number => f32(f32(beta1) * f32(1 - f32(0.5 * f32(f32(0.96) ** f32(f32(warmUp) * t)))));
  return keras3Optimizer(config, { learningRate: 0.001 }, {
    className: 'Nadam',
    ownDecay: true,
    own: { beta_1: beta1, beta_2: beta2, epsilon },
    slotGroups: [['momentum', 'velocity']],
    fed: (t, schedule) => {
      const [now, next] = [momentum(t), momentum(t + 1)];
      const product = f32(schedule * now);
      return [next, f32(1 - f32(product * next)), f32(1 - now), f32(1 - product), f32(1 - f32(f32(beta2) ** t))];
    },
    advance: (schedule, iterations) => f32(schedule * momentum(iterations + 1)),
    update: ({ value, gradient, slots: [m0, v0] }, rate, fed) => {
      const [shareM, unbiasM, shareG, unbiasG, unbiasV] = fed as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const m = towards(m0 as tf.Tensor, gradient, f32(1 - f32(beta1)));
      const v = towards(v0 as tf.Tensor, tf.square(gradient), f32(1 - f32(beta2)));
      const hat = tf.add(tf.div(tf.mul(shareM, m), unbiasM), tf.div(tf.mul(shareG, gradient), unbiasG));
      const step = tf.div(tf.mul(hat, rate), tf.add(tf.sqrt(tf.div(v, unbiasV)), epsilon));
      return { value: tf.sub(value, step), slots: [m, v] };
    },
  });
}

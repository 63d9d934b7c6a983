import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../../config/config-reader.js';
import type { Optimizer } from '../optimizer.js';
import { keras3Optimizer } from './common.js';

/**
 * a ← ρa + (1 − ρ)g²; centered: c ← ρc + (1 − ρ)g, and a − c² in place of a; s = lr·g / √(a + ε), ε inside the root;
 * momentum μ > 0: m ← μm + s, and m in place of s; p −= s.
 */
export function rmsprop(config: ConfigReader): Optimizer {
  const rho = config.number('rho', { min: 0, max: 1, otherwise: 0.9 });
  const momentum = config.number('momentum', { min: 0, otherwise: 0 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-7 });
  const centered = config.boolean('centered', false);
  return keras3Optimizer(config, { learningRate: 0.001 }, {
    className: 'RMSprop',
    own: { rho, momentum, epsilon, centered },
    slotGroups: [['velocity'], ...(momentum > 0 ? [['momentum']] : []), ...(centered ? [['average_gradient']] : [])],
    update: ({ value, gradient, slots }, rate) => {
      const average = (slot: tf.Tensor, of: tf.Tensor): tf.Tensor => tf.add(tf.mul(slot, rho), tf.mul(of, 1 - rho));
      const velocity = average(slots[0] as tf.Tensor, tf.square(gradient));
      const mean = centered ? average(slots.at(-1) as tf.Tensor, gradient) : undefined;
      const denominator = tf.add(mean ? tf.sub(velocity, tf.square(mean)) : velocity, epsilon);
      const step = tf.div(tf.mul(gradient, rate), tf.sqrt(denominator));
      const moved = momentum > 0 ? tf.add(tf.mul(slots[1] as tf.Tensor, momentum), step) : undefined;
      return { value: tf.sub(value, moved ?? step), slots: [velocity, ...(moved ? [moved] : []), ...(mean ? [mean] : [])] };
    },
  });
}

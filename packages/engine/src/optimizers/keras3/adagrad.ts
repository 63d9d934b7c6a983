import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../../config/config-reader.js';
import type { Optimizer } from '../optimizer.js';
import { keras3Optimizer } from './common.js';

/** a ← a + g², from `initial_accumulator_value` on; p −= lr·g / √(a + ε) */
export function adagrad(config: ConfigReader): Optimizer {
  const initial = config.number('initial_accumulator_value', { min: 0, otherwise: 0.1 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-7 });
  return keras3Optimizer(config, { learningRate: 0.001 }, {
    className: 'Adagrad',
    own: { initial_accumulator_value: initial, epsilon },
    slotGroups: [['accumulator']],
    initialSlot: initial,
    update: ({ value, gradient, slots: [a] }, rate) => {
      const accumulated = tf.add(a as tf.Tensor, tf.square(gradient));
      return { value: tf.sub(value, tf.div(tf.mul(gradient, rate), tf.sqrt(tf.add(accumulated, epsilon)))), slots: [accumulated] };
    },
  });
}

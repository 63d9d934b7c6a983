import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../../config/config-reader.js';
import type { Optimizer } from '../optimizer.js';
import { keras3Optimizer } from './common.js';

/** Without momentum p −= lr·g, and no slots; else v ← μv − lr·g; p += nesterov ? μv − lr·g : v */
export function sgd(config: ConfigReader): Optimizer {
  const momentum = config.number('momentum', { min: 0, max: 1, otherwise: 0 });
  const nesterov = config.boolean('nesterov', false);
  return keras3Optimizer(config, { learningRate: 0.01 }, {
    className: 'SGD',
    own: { momentum, nesterov },
    slotGroups: momentum === 0 ? [] : [['momentum']],
    update: ({ value, gradient, slots: [m] }, rate) => {
      const step = tf.mul(gradient, rate);
      if (!m) return { value: tf.sub(value, step), slots: [] };
      const v = tf.sub(tf.mul(m, momentum), step);
      return { value: tf.add(value, nesterov ? tf.sub(tf.mul(v, momentum), step) : v), slots: [v] };
    },
  });
}

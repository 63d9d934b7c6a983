import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { clippingConfig } from './clipping.js';
import { decayed, type Optimizer, type Parameter } from './optimizer.js';

/** v = μm − lr·g; m ← v; p += nesterov ? μv − lr·g : v */
export function sgd(config: ConfigReader): Optimizer {
  const lr = config.number('lr', { min: 0, otherwise: 0.01 });
  const momentum = config.number('momentum', { min: 0, otherwise: 0 });
  const decay = config.number('decay', { min: 0, otherwise: 0 });
  const nesterov = config.boolean('nesterov', false);
  return {
    className: 'SGD',
    config: { lr, momentum, decay, nesterov, ...clippingConfig(config) },
    lr,
    slotNames: ['momentum'],
    savesIterations: true,
    hyperparameters: (rate, iterations) => [decayed(rate, decay, iterations)],
    update: ({ value, gradient, slots: [m] }, [rate]) => {
      const step = tf.mul(rate as tf.Tensor, gradient);
      const v = tf.sub(tf.mul(m as tf.Tensor, momentum), step);
      return { value: tf.add(value, nesterov ? tf.sub(tf.mul(v, momentum), step) : v), slots: [v] };
    },
    fused: ({ variable, gradient, slotVariables: [momentumSlot] }: Parameter, [learningRate]) => ({
      kind: 'momentum',
      variable,
      momentumSlot: momentumSlot as string,
      gradient,
      learningRate: learningRate as tf.Tensor,
      momentum,
      nesterov,
    }),
  };
}

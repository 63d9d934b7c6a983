import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { clippingConfig } from './clipping.js';
import { decayed, type Optimizer, type Parameter } from './optimizer.js';

/** lr_t = lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ); m, v moving averages of g, g²; p −= lr_t·m / (√v + ε), the paper's "epsilon hat". */
export function adam(config: ConfigReader): Optimizer {
  const lr = config.number('lr', { min: 0, otherwise: 0.001 });
  const beta1 = config.number('beta_1', { min: 0, max: 1, otherwise: 0.9 });
  const beta2 = config.number('beta_2', { min: 0, max: 1, otherwise: 0.999 });
  const epsilon = config.number('epsilon', { min: 0, otherwise: 1e-8 });
  const decay = config.number('decay', { min: 0, otherwise: 0 });
  return {
    className: 'Adam',
    config: { lr, beta_1: beta1, beta_2: beta2, decay, epsilon, ...clippingConfig(config) },
    lr,
    slotNames: ['m', 'v'],
    savesIterations: true,
    hyperparameters: (rate, iterations) => {
      const t = iterations + 1;
      return [decayed(rate, decay, iterations) * (Math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t))];
    },
    update: ({ value, gradient, slots: [m0, v0] }, [rate]) => {
      const m = tf.add(tf.mul(m0 as tf.Tensor, beta1), tf.mul(gradient, 1 - beta1));
      const v = tf.add(tf.mul(v0 as tf.Tensor, beta2), tf.mul(tf.square(gradient), 1 - beta2));
      const step = tf.div(tf.mul(rate as tf.Tensor, m), tf.add(tf.sqrt(v), epsilon));
      return { value: tf.sub(value, step), slots: [m, v] };
    },
    fused: ({ variable, gradient, slotVariables: [mSlot, vSlot] }: Parameter, [learningRate]) => ({
      kind: 'adam',
      variable,
      mSlot: mSlot as string,
      vSlot: vSlot as string,
      gradient,
      learningRate: learningRate as tf.Tensor,
      beta1,
      beta2,
      epsilon,
    }),
  };
}

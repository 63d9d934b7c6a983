import * as tf from '@tensorflow/tfjs-core';

import { randomUniform } from '../../ops/random.js';
import type { CallScope } from '../layer.js';

/**
 * Dropout masks that stay the same over time: 0, or 1 / (1 − rate). None outside training.
 * @param count one a gate, or one for all.
 */
export function dropoutMasks(scope: CallScope, rate: number, shape: readonly number[], count: number): tf.Tensor[] {
  if (!scope.training || rate <= 0) return [];
  return Array.from({ length: count }, () => {
    const kept = tf.cast(tf.greaterEqual(randomUniform(scope.seed(), shape), rate), 'float32');
    return tf.mul(kept, 1 / (1 - rate));
  });
}

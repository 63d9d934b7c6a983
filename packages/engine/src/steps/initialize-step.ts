import * as tf from '@tensorflow/tfjs-core';

import type { WeightRef } from '../model/weight-ref.js';
import type { StepDefinition, VariableSpec } from '../runtime/runtime.js';

/**
 * Draws the first values of weights, and sets further variables (optimizer slots) to what they are at first. A weight's values depend on the
 * seed and on its place among the model's weights alone, or on its initializer's own seed.
 */
export function initializeStep(weights: readonly WeightRef[], others: readonly VariableSpec[], seed: number): StepDefinition {
  return {
    name: 'initialize',
    once: true,
    feeds: [],
    build: (scope) => {
      weights.forEach(({ variable, spec }, position) => {
        const own = spec.initializer.seed;
        const at = tf.tensor1d(own === undefined ? [seed | 0, position + 1] : [own | 0, 0], 'int32');
        scope.assign(variable, spec.initializer.draw(spec.shape, at));
      });
      for (const { name, shape, dtype, initial = 0 } of others) scope.assign(name, tf.fill([...shape], initial, dtype));
      return [];
    },
  };
}

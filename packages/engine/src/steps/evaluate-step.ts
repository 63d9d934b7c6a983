import * as tf from '@tensorflow/tfjs-core';

import type { CompiledModel } from '../compile/compile-model.js';
import type { StepDefinition, XlaUse } from '../runtime/runtime.js';
import { type BatchShape, inputFeeds, targetFeeds } from './batch-shape.js';
import { computeObjective } from './objective.js';

/** The metrics of a batch without training on it, as one vector in the order of `metricsNames`. */
export function evaluateStep(compiled: CompiledModel, batch: BatchShape, xla?: XlaUse): StepDefinition {
  return {
    name: 'evaluate',
    relaxed: true,
    ...(xla && { xla }),
    feeds: [...inputFeeds(compiled.model, batch), ...targetFeeds(compiled, batch)],
    build: (scope) => {
      const { metrics, context } = computeObjective(compiled, batch, scope, { training: false, differentiated: false });
      // States of stateful layers move on here, too.
      for (const [variable, value] of context.take()) scope.assign(variable, value);
      return [tf.stack(metrics)];
    },
  };
}

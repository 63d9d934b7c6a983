import * as tf from '@tensorflow/tfjs-core';

import type { CompiledModel } from '../compile/compile-model.js';
import type { StepDefinition } from '../runtime/runtime.js';
import { type BatchShape, inputFeeds, targetFeeds } from './batch-shape.js';
import { computeObjective } from './objective.js';

/** The metrics of a batch without training on it, as one vector in the order of `metricsNames`. */
export function evaluateStep(compiled: CompiledModel, batch: BatchShape): StepDefinition {
  return {
    name: 'evaluate',
    feeds: [...inputFeeds(compiled.model, batch), ...targetFeeds(compiled, batch)],
    build: (scope) => [tf.stack(computeObjective(compiled, batch, scope, false).metrics)],
  };
}

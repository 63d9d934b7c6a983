import * as tf from '@tensorflow/tfjs-core';

import type { CompiledModel } from '../compile/compile-model.js';
import { trainedWeights } from '../model/weight-ref.js';
import type { StepDefinition } from '../runtime/runtime.js';
import { type BatchShape, inputFeeds, targetFeeds } from './batch-shape.js';
import { differentiate } from './gradients.js';
import { computeObjective } from './objective.js';

/** The gradients of a batch's total loss by the trained weights in their order, as inference computes it; 0 where it does not depend on one. */
export function gradientsStep(compiled: CompiledModel, batch: BatchShape): StepDefinition {
  return {
    name: 'gradients',
    relaxed: true,
    feeds: [...inputFeeds(compiled.model, batch), ...targetFeeds(compiled, batch)],
    build: (scope) => {
      const values = trainedWeights(compiled.model).map(({ variable }) => scope.read(variable));
      const { gradients } = differentiate(() => {
        const { loss, context } = computeObjective(compiled, batch, scope, { training: false, differentiated: true });
        context.take(); // states do not move on: nobody trains here
        return { loss, others: [] };
      }, values);
      return gradients.map((gradient, i) => gradient ?? tf.zerosLike(values[i] as tf.Tensor));
    },
  };
}

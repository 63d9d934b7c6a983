import type { Mask } from '../layers/layer.js';
import type { Model } from '../model/model.js';
import type { TensorKey } from '../model/node.js';
import { feedInputs, StepContext } from '../model/step-context.js';
import type { StepDefinition } from '../runtime/runtime.js';
import { planPrediction } from './plan-prediction.js';
import { type BatchShape, inputFeeds } from './batch-shape.js';

/**
 * The model's outputs for a batch, training aside.
 * @param also outputs of inner layers to answer after them.
 */
export function predictStep(model: Model, batch: Pick<BatchShape, 'rows' | 'x'>, also: readonly TensorKey[] = []): StepDefinition {
  return {
    name: 'predict',
    relaxed: true,
    ...planPrediction(model, batch.rows),
    feeds: inputFeeds(model, batch),
    build: (scope) => {
      const inputs = feedInputs(model, scope);
      const context = new StepContext(scope, { training: false, differentiated: false });
      const { outputs } = model.run(context.root(), inputs, inputs.map((): Mask => undefined), also);
      // States of stateful layers move on here, too.
      for (const [variable, value] of context.take()) scope.assign(variable, value);
      return outputs;
    },
  };
}

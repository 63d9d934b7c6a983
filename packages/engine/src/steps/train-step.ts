import * as tf from '@tensorflow/tfjs-core';

import type { CompiledModel } from '../compile/compile-model.js';
import { weightRefs, type WeightRef } from '../model/weight-ref.js';
import { clipGradients } from '../optimizers/clipping.js';
import { clipGradientsKeras3 } from '../optimizers/keras3/clipping.js';
import type { Parameter } from '../optimizers/optimizer.js';
import type { StepDefinition, StepScope } from '../runtime/runtime.js';
import { type BatchShape, inputFeeds, targetFeeds } from './batch-shape.js';
import { differentiate } from './gradients.js';
import { computeObjective } from './objective.js';

/** The program's variable of an optimizer slot of a weight. */
export function slotVariable(weight: WeightRef, slot: string): string {
  return `${weight.variable}/optimizer/${slot}`;
}

/**
 * One training step on a batch: forward, gradients, update. Feeds the batch, `hyper` (the optimizer's hyperparameters) and,
 * where the model draws random numbers, `seed` (int32 [2]: the job's seed, the step). Fetches one vector: the metrics in
 * the order of `metricsNames`, as they were before the update.
 */
export function trainStep(compiled: CompiledModel, batch: BatchShape): StepDefinition {
  const hyperparameters = compiled.optimizer.hyperparameters(compiled.optimizer.lr, 0, 1).length;
  return {
    name: 'train',
    feeds: [
      ...inputFeeds(compiled.model, batch),
      ...targetFeeds(compiled, batch),
      { name: 'hyper', shape: [hyperparameters], dtype: 'float32' },
      ...(compiled.model.drawsRandom ? [{ name: 'seed', shape: [2], dtype: 'int32' } as const] : []),
    ],
    build: (scope) => {
      const trained = weightRefs(compiled.model).filter(({ trainable }) => trainable);
      let updates: [string, number][] = [];
      const { others, gradients } = differentiate(
        () => {
          const { loss, metrics, context } = computeObjective(compiled, batch, scope, true);
          const pending = context.take();
          updates = pending.map(([variable], i) => [variable, metrics.length + i]);
          return { loss, others: [...metrics, ...pending.map(([, value]) => value)] };
        },
        trained.map(({ variable }) => scope.read(variable)),
      );
      for (const [variable, at] of updates) scope.assign(variable, others[at] as tf.Tensor);
      applyGradients(compiled, scope, trained, gradients);
      return [tf.stack(others.slice(0, compiled.metricsNames.length))];
    },
  };
}

function applyGradients(compiled: CompiledModel, scope: StepScope, trained: readonly WeightRef[], gradients: readonly (tf.Tensor | null)[]): void {
  const { optimizer } = compiled;
  const reached = trained.flatMap((weight, i) => {
    const gradient = gradients[i];
    return gradient ? [{ weight, gradient }] : [];
  });
  if (reached.length === 0) return;
  const hyper = tf.unstack(scope.feed('hyper'));
  const clipped = (optimizer.meaning === 'keras3' ? clipGradientsKeras3 : clipGradients)(reached.map(({ gradient }) => gradient), optimizer.config);
  reached.forEach(({ weight }, i) => {
    const slotVariables = optimizer.slotNames.map((slot) => slotVariable(weight, slot));
    const parameter: Parameter = {
      variable: weight.variable,
      value: scope.read(weight.variable),
      gradient: clipped[i] as tf.Tensor,
      slotVariables,
      // Read only where the formula is spelled out in ops: a fused rule updates slots in place.
      get slots() {
        return slotVariables.map((slot) => scope.read(slot));
      },
    };
    // A constraint needs the new value as a tensor, which a fused rule does not give.
    if (optimizer.fused && !weight.spec.constraint) {
      scope.update(optimizer.fused(parameter, hyper));
      return;
    }
    const { value, slots } = optimizer.update(parameter, hyper);
    scope.assign(weight.variable, weight.spec.constraint ? weight.spec.constraint.apply(value) : value);
    slots.forEach((slot, at) => scope.assign(slotVariables[at] as string, slot));
  });
}

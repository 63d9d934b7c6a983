import * as tf from '@tensorflow/tfjs-core';

import type { CompiledModel } from '../compile/compile-model.js';
import type { Mask } from '../layers/layer.js';
import { weightedMean } from '../losses/weighted.js';
import { StepContext, feedInputs } from '../model/step-context.js';
import { weightRefs } from '../model/weight-ref.js';
import type { StepScope } from '../runtime/runtime.js';
import type { BatchShape } from './batch-shape.js';

export interface Objective {
  /** What training minimizes: weighted losses of the outputs, regularizers, activity losses. */
  readonly loss: tf.Tensor;
  /** Scalars in the order of `metricsNames`, the total loss first. */
  readonly metrics: tf.Tensor[];
  readonly context: StepContext;
}

/** Runs the model on a step's inputs and computes all that Keras reports of it. */
export function computeObjective(compiled: CompiledModel, batch: BatchShape, scope: StepScope, phase: { readonly training: boolean; readonly differentiated: boolean }): Objective {
  const context = new StepContext(scope, phase);
  const inputs = feedInputs(compiled.model, scope);
  const { outputs, masks } = compiled.model.run(context.root(), inputs, inputs.map((): Mask => undefined));
  const outputLosses: tf.Tensor[] = [];
  const metrics: tf.Tensor[] = [];
  const terms: tf.Tensor[] = [];
  compiled.outputs.forEach((output, i) => {
    const prediction = outputs[i] as tf.Tensor;
    const target = scope.feed(`y${i}`);
    const weights = batch.weights[i] ? scope.feed(`w${i}`) : undefined;
    const loss = weightedMean(output.loss, target, prediction, weights, masks[i]);
    outputLosses.push(loss);
    terms.push(output.lossWeight === 1 ? loss : tf.mul(output.lossWeight, loss));
    for (const { metric, weighted } of output.metrics) metrics.push(weightedMean(metric, target, prediction, weighted ? weights : undefined, masks[i]));
  });
  const loss = [...terms, ...regularization(compiled, scope), ...context.losses].reduce((sum, term) => tf.add(sum, term));
  return { loss, metrics: [loss, ...(outputLosses.length > 1 ? outputLosses : []), ...metrics], context };
}

function regularization(compiled: CompiledModel, scope: StepScope): tf.Tensor[] {
  return weightRefs(compiled.model).flatMap(({ variable, spec }) => (spec.regularizer ? [spec.regularizer.penalty(scope.read(variable))] : []));
}

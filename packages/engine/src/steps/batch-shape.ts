import type { CompiledModel } from '../compile/compile-model.js';
import type { Model } from '../model/model.js';
import type { FeedSpec } from '../runtime/runtime.js';

/** The shapes of one batch: what a step is compiled for. */
export interface BatchShape {
  readonly rows: number;
  /** Shapes of the inputs without the batch dimension. */
  readonly x: readonly (readonly number[])[];
  readonly y: readonly (readonly number[])[];
  /** Shapes of the sample weights without the batch dimension; `undefined` where an output has none. */
  readonly weights: readonly (readonly number[] | undefined)[];
}

export function inputFeeds(model: Model, batch: Pick<BatchShape, 'rows' | 'x'>): FeedSpec[] {
  return model.inputs.map(({ dtype }, i) => ({ name: `x${i}`, shape: [batch.rows, ...(batch.x[i] ?? [])], dtype }));
}

export function targetFeeds(compiled: CompiledModel, batch: BatchShape): FeedSpec[] {
  return compiled.outputs.flatMap((_, i): FeedSpec[] => {
    const weights = batch.weights[i];
    const target: FeedSpec = { name: `y${i}`, shape: [batch.rows, ...(batch.y[i] ?? [])], dtype: 'float32' };
    return weights ? [target, { name: `w${i}`, shape: [batch.rows, ...weights], dtype: 'float32' }] : [target];
  });
}

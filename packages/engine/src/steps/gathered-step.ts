import * as tf from '@tensorflow/tfjs-core';

import type { StepDefinition, StepScope } from '../runtime/runtime.js';

/** The feed that takes the place of the rows: int32 [rows], positions along the first axis of the variables. */
export const ROW_INDICES = 'rows';

/**
 * A step like another one, that is not fed its rows but gathers them from variables: bit for bit the same numbers.
 * @param variables by feed, the variable that holds all rows.
 * @param rows how many a run takes.
 */
export function gatheredStep(step: StepDefinition, variables: ReadonlyMap<string, string>, rows: number): StepDefinition {
  return {
    ...step,
    feeds: [...step.feeds.filter(({ name }) => !variables.has(name)), { name: ROW_INDICES, shape: [rows], dtype: 'int32' }],
    build: (scope) => {
      const indices = scope.feed(ROW_INDICES) as tf.Tensor1D;
      // At once: a tensor that were made when it is first asked for would go with whatever scope of tfjs that happens in.
      const gathered = new Map([...variables].map(([name, variable]) => [name, tf.gather(scope.read(variable), indices)]));
      const inner: StepScope = {
        feed: (name) => gathered.get(name) ?? scope.feed(name),
        read: (variable) => scope.read(variable),
        assign: (variable, value) => scope.assign(variable, value),
        update: (rule) => scope.update(rule),
        updateInPieces: scope.updateInPieces,
        fuse: (inputs, body, after) => scope.fuse(inputs, body, after),
      };
      return step.build(inner);
    },
  };
}

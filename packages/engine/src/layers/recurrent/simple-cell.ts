import * as tf from '@tensorflow/tfjs-core';

import type { GateActivation } from '../../activations/gate-activation.js';
import type { Cell } from '../../ops/recurrence.js';
import type { RecurrentKernel } from './recurrent-kernel.js';

/** h' = φ(x + R·h). Keeps h' and h. */
export function simpleCell(kernel: RecurrentKernel, activation: GateActivation): Cell {
  return {
    constants: kernel.constants,
    backwardNeeds: 1,
    forward: (x, [h], constants) => {
      const next = activation.apply(tf.add(x, kernel.apply(h as tf.Tensor, constants)));
      return { states: [next], kept: [next, h as tf.Tensor] };
    },
    backward: ([dh], [next], constants) => {
      const dx = activation.gradient(dh as tf.Tensor, next as tf.Tensor);
      return { dx, dStates: [kernel.adjoint(dx, constants)] };
    },
    constantGradients: ({ kept: [, h], dx }, constants) => kernel.constantGradients(h as tf.Tensor, dx, constants),
  };
}

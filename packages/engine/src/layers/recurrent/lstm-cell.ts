import * as tf from '@tensorflow/tfjs-core';

import type { GateActivation } from '../../activations/gate-activation.js';
import type { Cell } from '../../ops/recurrence.js';
import type { RecurrentKernel } from './recurrent-kernel.js';

/**
 * i, f, o = σ(x + R·h); g = φ(x + R·h); c' = f·c + i·g; h' = o·φ(c'). Gates lie along the last axis in Keras's order: i, f, g, o.
 * Keeps i, f, o, g, φ(c') as one tensor, and both states before.
 */
export function lstmCell(kernel: RecurrentKernel, activation: GateActivation, recurrentActivation: GateActivation): Cell {
  return {
    constants: kernel.constants,
    backwardNeeds: 2,
    forward: (x, [h, c], constants) => {
      const [i, f, g, o] = activate(tf.add(x, kernel.apply(h as tf.Tensor, constants)), activation, recurrentActivation);
      const next = tf.add(tf.mul(f, c as tf.Tensor), tf.mul(i, g));
      const squashed = activation.apply(next);
      return { states: [tf.mul(o, squashed), next], kept: [tf.concat([i, f, o, g, squashed], -1), c as tf.Tensor, h as tf.Tensor] };
    },
    backward: ([dh, dcNext], [kept, c], constants) => {
      const units = (c as tf.Tensor).shape.at(-1) ?? 0;
      const [gates, g, squashed] = tf.split(kept as tf.Tensor, [3 * units, units, units], -1) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const [i, f, o] = tf.split(gates, 3, -1) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const dc = tf.add(dcNext as tf.Tensor, activation.gradient(tf.mul(dh as tf.Tensor, o), squashed));
      const dGates = gradientOfGates([tf.mul(dc, g), tf.mul(dc, c as tf.Tensor), tf.mul(dh as tf.Tensor, squashed)], gates, recurrentActivation);
      const [dInputAndForget, dOutput] = tf.split(dGates, [2 * units, units], -1) as [tf.Tensor, tf.Tensor];
      const dx = tf.concat([dInputAndForget, activation.gradient(tf.mul(dc, i), g), dOutput], -1);
      return { dx, dStates: [kernel.adjoint(dx, constants), tf.mul(dc, f)] };
    },
    constantGradients: ({ kept: [, , h], dx }, constants) => kernel.constantGradients(h as tf.Tensor, dx, constants),
  };
}

function activate(gates: tf.Tensor, activation: GateActivation, recurrentActivation: GateActivation): [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor] {
  const [i, f, g, o] = tf.split(gates, 4, -1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  if (!recurrentActivation.elementwise) return [recurrentActivation.apply(i), recurrentActivation.apply(f), activation.apply(g), recurrentActivation.apply(o)];
  // Applied to all four at once: a fourth in vain, but a third of the ops.
  const [si, sf, , so] = tf.split(recurrentActivation.apply(gates), 4, -1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  return [si, sf, activation.apply(g), so];
}

/** σ's gradient for the three gates side by side; at once where each number is for itself. */
function gradientOfGates(dys: tf.Tensor[], gates: tf.Tensor, { gradient, elementwise }: GateActivation): tf.Tensor {
  if (elementwise) return gradient(tf.concat(dys, -1), gates);
  return tf.concat(tf.split(gates, dys.length, -1).map((gate, at) => gradient(dys[at] as tf.Tensor, gate)), -1);
}

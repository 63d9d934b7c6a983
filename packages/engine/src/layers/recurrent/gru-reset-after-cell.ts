import * as tf from '@tensorflow/tfjs-core';

import type { Cell } from '../../ops/recurrence.js';
import { applyGates, type GruActivations, mix, splitCandidate } from './gru-cell.js';
import type { RecurrentKernel } from './recurrent-kernel.js';

/**
 * The GRU of later versions (`reset_after`), that of cuDNN: u = R·h + b for all gates; z, r = σ(x + u); g = φ(x + r·u);
 * h' = z·h + (1 − z)·g. Keeps z, r, g and u of the candidate as one tensor, and h.
 * @param bias b; none where the layer has no bias.
 */
export function gruResetAfterCell(kernel: RecurrentKernel, bias: tf.Tensor | undefined, { candidate: candidateActivation, gate: gateActivation }: GruActivations): Cell {
  const ofKernel = (constants: readonly tf.Tensor[]): tf.Tensor[] => constants.slice(0, kernel.constants.length);
  return {
    constants: [...kernel.constants, ...(bias ? [bias] : [])],
    backwardNeeds: 2,
    forward: (x, [before], constants) => {
      const h = before as tf.Tensor;
      const product = kernel.apply(h, ofKernel(constants));
      const [uGates, uCandidate] = splitCandidate(bias ? tf.add(product, constants.at(-1) as tf.Tensor) : product);
      const [xGates, xCandidate] = splitCandidate(x);
      const [z, r] = applyGates(tf.add(xGates, uGates), gateActivation);
      const candidate = candidateActivation.apply(tf.add(xCandidate, tf.mul(r, uCandidate)));
      return { states: [mix(z, h, candidate)], kept: [tf.concat([z, r, candidate, uCandidate], -1), h] };
    },
    backward: ([after], [activated, before], constants) => {
      const [dh, h] = [after as tf.Tensor, before as tf.Tensor];
      const [z, r, candidate, uCandidate] = tf.split(activated as tf.Tensor, 4, -1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const dCandidate = candidateActivation.gradient(tf.mul(dh, tf.sub(1, z)), candidate);
      const dz = gateActivation.gradient(tf.mul(dh, tf.sub(h, candidate)), z);
      const dr = gateActivation.gradient(tf.mul(dCandidate, uCandidate), r);
      const du = tf.concat([dz, dr, tf.mul(dCandidate, r)], -1);
      const dBefore = tf.add(tf.mul(dh, z), kernel.adjoint(du, ofKernel(constants)));
      return { dx: tf.concat([dz, dr, dCandidate], -1), dStates: [dBefore], kept: [du] };
    },
    constantGradients: ({ kept: [, h], backwardKept: [du] }, constants) => [
      ...kernel.constantGradients(h as tf.Tensor, du as tf.Tensor, ofKernel(constants)),
      ...(bias ? [() => tf.sum(du as tf.Tensor, [0, 1])] : []),
    ],
  };
}

import * as tf from '@tensorflow/tfjs-core';

import type { GateActivation } from '../../activations/gate-activation.js';
import type { Cell } from '../../ops/recurrence.js';
import type { RecurrentKernel } from './recurrent-kernel.js';

export interface GruActivations {
  /** φ, of the candidate. */
  readonly candidate: GateActivation;
  /** σ, of the gates. */
  readonly gate: GateActivation;
}

/** Splits along the gates: what belongs to z and r, what to the candidate. */
export function splitCandidate(x: tf.Tensor): [gates: tf.Tensor, candidate: tf.Tensor] {
  const width = x.shape.at(-1) ?? 0;
  return tf.split(x, [(width / 3) * 2, width / 3], -1) as [tf.Tensor, tf.Tensor];
}

/** σ of both gates, at once where each number is for itself. */
export function applyGates(gates: tf.Tensor, { apply, elementwise }: GateActivation): [z: tf.Tensor, r: tf.Tensor] {
  const [z, r] = tf.split(elementwise ? apply(gates) : gates, 2, -1) as [tf.Tensor, tf.Tensor];
  return elementwise ? [z, r] : [apply(z), apply(r)];
}

/** z·h + (1 − z)·candidate. */
export function mix(z: tf.Tensor, h: tf.Tensor, candidate: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), candidate));
}

/**
 * z, r = σ(x + R·h); g = φ(x + S·(r·h)); h' = z·h + (1 − z)·g: the reset gate acts before the product, as in Keras 2.0 and in
 * Cho et al. (2014). Keeps z, r, g as one tensor, and h.
 * @param gateKernel R, of z and r.
 * @param candidateKernel S.
 */
export function gruCell(gateKernel: RecurrentKernel, candidateKernel: RecurrentKernel, activations: GruActivations): Cell {
  const { candidate: candidateActivation, gate: gateActivation } = activations;
  const ofGates = (constants: readonly tf.Tensor[]): tf.Tensor[] => constants.slice(0, gateKernel.constants.length);
  const ofCandidate = (constants: readonly tf.Tensor[]): tf.Tensor[] => constants.slice(gateKernel.constants.length);
  return {
    constants: [...gateKernel.constants, ...candidateKernel.constants],
    backwardNeeds: 2,
    forward: (x, [before], constants) => {
      const h = before as tf.Tensor;
      const [xGates, xCandidate] = splitCandidate(x);
      const [z, r] = applyGates(tf.add(xGates, gateKernel.apply(h, ofGates(constants))), gateActivation);
      const candidate = candidateActivation.apply(tf.add(xCandidate, candidateKernel.apply(tf.mul(r, h), ofCandidate(constants))));
      return { states: [mix(z, h, candidate)], kept: [tf.concat([z, r, candidate], -1), h] };
    },
    backward: ([after], [activated, before], constants) => {
      const [dh, h] = [after as tf.Tensor, before as tf.Tensor];
      const [z, r, candidate] = tf.split(activated as tf.Tensor, 3, -1) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const dCandidate = candidateActivation.gradient(tf.mul(dh, tf.sub(1, z)), candidate);
      const dReset = candidateKernel.adjoint(dCandidate, ofCandidate(constants));
      const dGates = tf.concat([gateActivation.gradient(tf.mul(dh, tf.sub(h, candidate)), z), gateActivation.gradient(tf.mul(dReset, h), r)], -1);
      const dBefore = tf.addN([tf.mul(dh, z), tf.mul(dReset, r), gateKernel.adjoint(dGates, ofGates(constants))]);
      return { dx: tf.concat([dGates, dCandidate], -1), dStates: [dBefore] };
    },
    constantGradients: ({ kept: [activated, h], dx }, constants) => {
      const [dGates, dCandidate] = splitCandidate(dx);
      const [, r] = tf.split(activated as tf.Tensor, 3, -1);
      return [
        ...gateKernel.constantGradients(h as tf.Tensor, dGates, ofGates(constants)),
        ...candidateKernel.constantGradients(tf.mul(r as tf.Tensor, h as tf.Tensor), dCandidate, ofCandidate(constants)),
      ];
    },
  };
}

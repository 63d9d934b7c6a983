import * as tf from '@tensorflow/tfjs-core';

import type { LinearMap } from './linear-map.js';

/** How the states before enter a step, and the gradients of that: a linear map, with dropout of its input if need be. */
export interface RecurrentKernel {
  /** What its functions must be given as `constants` inside a scan. */
  readonly constants: tf.Tensor[];
  apply(this: void, state: tf.Tensor, constants: readonly tf.Tensor[]): tf.Tensor;
  /** The gradient of the state, given that of the gates. */
  adjoint(this: void, dGates: tf.Tensor, constants: readonly tf.Tensor[]): tf.Tensor;
  /** Gradients of `constants`, from the states and the gradients of the gates of all steps, time first. */
  constantGradients(this: void, states: tf.Tensor, dGates: tf.Tensor, constants: readonly tf.Tensor[]): (() => tf.Tensor)[];
}

/** Time and batch as one axis. */
function merge(x: tf.Tensor): tf.Tensor {
  return tf.reshape(x, [-1, ...x.shape.slice(2)]);
}

/**
 * @param map how a state and `kernel` are multiplied.
 * @param masks dropout of the state, constant over time: none, one for all gates, or one for each gate, which takes a product
 *   a gate (Keras's implementation 0 and 1).
 */
export function recurrentKernel(map: LinearMap, kernel: tf.Tensor, masks: readonly tf.Tensor[]): RecurrentKernel {
  if (masks.length === 0) return undropped(map, kernel);
  return masks.length === 1 ? dropped(map, kernel, masks[0] as tf.Tensor) : droppedByGate(map, kernel, masks);
}

function undropped(map: LinearMap, kernel: tf.Tensor): RecurrentKernel {
  return {
    constants: [kernel],
    apply: (state, [matrix]) => map.apply(state, matrix as tf.Tensor),
    adjoint: (dGates, [matrix]) => map.adjoint(dGates, matrix as tf.Tensor),
    constantGradients: (states, dGates) => [() => map.kernelGradient(merge(states), merge(dGates), kernel.shape)],
  };
}

function dropped(map: LinearMap, kernel: tf.Tensor, mask: tf.Tensor): RecurrentKernel {
  const inner = undropped(map, kernel);
  return {
    constants: [...inner.constants, mask],
    apply: (state, [matrix, kept]) => inner.apply(tf.mul(state, kept as tf.Tensor), [matrix as tf.Tensor]),
    adjoint: (dGates, [matrix, kept]) => tf.mul(inner.adjoint(dGates, [matrix as tf.Tensor]), kept as tf.Tensor),
    // A mask has no gradient.
    constantGradients: (states, dGates, [matrix, kept]) => [
      ...inner.constantGradients(tf.mul(states, kept as tf.Tensor), dGates, [matrix as tf.Tensor]),
      () => tf.zerosLike(mask),
    ],
  };
}

function droppedByGate(map: LinearMap, kernel: tf.Tensor, masks: readonly tf.Tensor[]): RecurrentKernel {
  const gates = masks.length;
  const parts = tf.split(kernel, gates, -1).map((part, i) => dropped(map, part, masks[i] as tf.Tensor));
  const own = (constants: readonly tf.Tensor[], gate: number): readonly tf.Tensor[] => constants.slice(2 * gate, 2 * gate + 2);
  return {
    constants: parts.flatMap(({ constants }) => constants),
    apply: (state, constants) => tf.concat(parts.map((part, gate) => part.apply(state, own(constants, gate))), -1),
    adjoint: (dGates, constants) => {
      const slopes = tf.split(dGates, gates, -1);
      return tf.addN(parts.map((part, gate) => part.adjoint(slopes[gate] as tf.Tensor, own(constants, gate))));
    },
    constantGradients: (states, dGates, constants) => {
      const slopes = tf.split(dGates, gates, -1);
      return parts.flatMap((part, gate) => part.constantGradients(states, slopes[gate] as tf.Tensor, own(constants, gate)));
    },
  };
}

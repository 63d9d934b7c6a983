import * as tf from '@tensorflow/tfjs-core';

import { runKernel } from '../../ops/kernels.js';

/**
 * A map that is linear in the state and in a kernel, channels last: how a state enters the gates of the next step. The last
 * axis of the kernel is that of the gates.
 */
export interface LinearMap {
  /** What of the gates comes from a state. */
  apply(this: void, state: tf.Tensor, kernel: tf.Tensor): tf.Tensor;
  /** The gradient of the state. */
  adjoint(this: void, dGates: tf.Tensor, kernel: tf.Tensor): tf.Tensor;
  /** The gradient of the kernel, given states and gradients of gates of any number of steps as one batch. */
  kernelGradient(this: void, states: tf.Tensor, dGates: tf.Tensor, kernel: readonly number[]): tf.Tensor;
}

const geometry = { strides: 1, pad: 'same', dataFormat: 'NHWC', dimRoundingMode: undefined } as unknown as tf.NamedAttrMap;

const matrix = (x: tf.Tensor): tf.Tensor2D => x as tf.Tensor2D;

/** state [batch, units] · kernel [units, gates]. */
export const product: LinearMap = {
  apply: (state, kernel) => tf.matMul(matrix(state), matrix(kernel)),
  adjoint: (dGates, kernel) => tf.matMul(matrix(dGates), matrix(kernel), false, true),
  kernelGradient: (states, dGates) => tf.matMul(matrix(states), matrix(dGates), true, false),
};

/** A convolution of state [batch, rows, columns, filters] with a kernel [height, width, filters, gates], the size kept. */
export const convolution: LinearMap = {
  apply: (state, kernel) => tf.conv2d(state as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same'),
  adjoint: (dGates, kernel) =>
    runKernel('Conv2DBackpropInput', { dy: dGates, filter: kernel }, { ...geometry, inputShape: [...dGates.shape.slice(0, 3), kernel.shape[2] ?? 0] }),
  kernelGradient: (states, dGates, kernel) => runKernel('Conv2DBackpropFilter', { x: states, dy: dGates }, { ...geometry, filterShape: [...kernel] }),
};

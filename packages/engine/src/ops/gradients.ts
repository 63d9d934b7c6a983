import * as tf from '@tensorflow/tfjs-core';

import { kernels, runKernel } from './kernels.js';

/** The gradient of an elementwise op by a kernel of its output and dy. */
function byKernel(kernelName: string, gradientKernel: string): tf.GradConfig {
  return {
    kernelName,
    outputsToSave: [true],
    gradFunc: (dy, saved) => ({ x: () => runKernel(gradientKernel, { dy: dy as tf.Tensor, y: saved[0] as tf.Tensor }) }),
  };
}

/** Sums a gradient over the axes along which `shape` was broadcast. */
function unbroadcast(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return axes.length > 0 ? tf.reshape(tf.sum(gradient, axes), shape) : gradient;
}

/** d ln x = dy · (1 / x), where tfjs divides. */
const log: tf.GradConfig = {
  kernelName: 'Log',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.reciprocal(tf.cast(x as tf.Tensor, 'float32'))) }),
};

/** d (a / b): dy / b and dy · ((−a / b) / b). */
const realDiv: tf.GradConfig = {
  kernelName: 'RealDiv',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b]) => {
    const [gradient, numerator, denominator] = [dy, a, b].map((tensor) => tf.cast(tensor as tf.Tensor, 'float32')) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return {
      a: () => unbroadcast(tf.div(gradient, denominator), numerator.shape),
      b: () => unbroadcast(tf.mul(gradient, tf.div(tf.div(tf.neg(numerator), denominator), denominator)), denominator.shape),
    };
  },
};

/** (dy − Σ dy·y) · y along the last axis. */
const softmax: tf.GradConfig = {
  kernelName: 'Softmax',
  outputsToSave: [true],
  gradFunc: (dy, [y]) => ({
    logits: () => tf.mul(tf.sub(dy as tf.Tensor, tf.sum(tf.mul(dy as tf.Tensor, y as tf.Tensor), -1, true)), y as tf.Tensor),
  }),
};

/** ±2(a − b)·dy; tfjs's own forgets to sum over broadcast axes. */
const squaredDifference: tf.GradConfig = {
  kernelName: 'SquaredDifference',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b]) => {
    const gradient = (): tf.Tensor => tf.mul(tf.mul(2, dy as tf.Tensor), tf.sub(a as tf.Tensor, b as tf.Tensor));
    return { a: () => unbroadcast(gradient(), (a as tf.Tensor).shape), b: () => unbroadcast(tf.neg(gradient()), (b as tf.Tensor).shape) };
  },
};

const rules: readonly tf.GradConfig[] = [
  byKernel('Rsqrt', kernels.rsqrtGrad),
  byKernel('Sigmoid', kernels.sigmoidGrad),
  byKernel('Tanh', kernels.tanhGrad),
  log,
  realDiv,
  softmax,
  squaredDifference,
];

let installed = false;

/**
 * Puts TensorFlow's gradient rules in the place of tfjs's, which are other formulas of the same derivatives: they round
 * otherwise and take more ops. Fidelity matters where a gradient is 0 but for rounding (a bias before batch normalization):
 * Adam scales such a remainder up to the learning rate. Rules: math_grad.py and nn_grad.py of TensorFlow.
 */
export function installGradients(): void {
  if (installed) return;
  installed = true;
  for (const rule of rules) {
    if (tf.getGradient(rule.kernelName)) tf.unregisterGradient(rule.kernelName);
    tf.registerGradient(rule);
  }
}

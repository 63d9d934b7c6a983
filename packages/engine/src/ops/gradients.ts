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

/** dy where the input was chosen, a's where both are equal; tfjs's own forget to sum over broadcast axes. */
function extremum(kernelName: string, choosesFirst: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      const first = (): tf.Tensor => choosesFirst(a, b);
      return {
        a: () => unbroadcast(tf.where(first(), dy as tf.Tensor, tf.zerosLike(dy as tf.Tensor)), a.shape),
        b: () => unbroadcast(tf.where(first(), tf.zerosLike(dy as tf.Tensor), dy as tf.Tensor), b.shape),
      };
    },
  };
}

/** The axes of a reduction as positive numbers, and its result's shape with them as dimensions of 1. */
function reduction(x: tf.Tensor, attributes: tf.NamedAttrMap, name: string): { axes: number[]; kept: number[] } {
  const axes = tf.util.parseAxisParam(attributes[name] as unknown as number[], x.shape);
  return { axes, kept: x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)) };
}

/** dy is shared by all entries that equal the maximum; tfjs gives each of them the whole. */
const max: tf.GradConfig = {
  kernelName: 'Max',
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => {
    const [x, y] = saved as [tf.Tensor, tf.Tensor];
    const { axes, kept } = reduction(x, attributes, 'reductionIndices');
    return {
      x: () => {
        const largest = tf.cast(tf.equal(x, tf.reshape(y, kept)), 'float32');
        return tf.mul(tf.div(largest, tf.sum(largest, axes, true)), tf.reshape(dy as tf.Tensor, kept));
      },
    };
  },
};

/** dy, broadcast; tfjs multiplies it with ones that it makes on the host, a constant of the input's size in a graph. */
const sum: tf.GradConfig = {
  kernelName: 'Sum',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => {
    const { kept } = reduction(x as tf.Tensor, attributes, 'axis');
    return { x: () => tf.broadcastTo(tf.reshape(dy as tf.Tensor, kept), (x as tf.Tensor).shape) };
  },
};

/** The same, divided by n: as in `moments`, by a number that the graph's optimizer does not replace by its reciprocal. */
const mean: tf.GradConfig = {
  kernelName: 'Mean',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => {
    const { axes, kept } = reduction(x as tf.Tensor, attributes, 'axis');
    const n = axes.reduce((size, axis) => size * ((x as tf.Tensor).shape[axis] ?? 1), 1);
    const share = (): tf.Tensor => tf.div(tf.reshape(dy as tf.Tensor, kept), runKernel(kernels.unfoldedScalar, {}, { value: n }));
    return { x: () => tf.broadcastTo(share(), (x as tf.Tensor).shape) };
  },
};

const rules: readonly tf.GradConfig[] = [
  byKernel('Rsqrt', kernels.rsqrtGrad),
  byKernel('Sigmoid', kernels.sigmoidGrad),
  byKernel('Tanh', kernels.tanhGrad),
  extremum('Maximum', (a, b) => tf.greaterEqual(a, b)),
  extremum('Minimum', (a, b) => tf.lessEqual(a, b)),
  log,
  max,
  mean,
  realDiv,
  softmax,
  squaredDifference,
  sum,
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

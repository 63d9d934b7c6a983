import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

import { CpuRuntime } from '../../runtime/cpu-runtime.js';
import { tensorflow } from '../../testing/tensorflow.js';
import { convolution, type LinearMap, product } from './linear-map.js';
import { recurrentKernel } from './recurrent-kernel.js';

// Brings tfjs's own gradients, which its core alone does not have.
beforeAll(() => void tensorflow());

const STEPS = 3;
const GATES = 2;

/** Numbers between -1 and 1, others for each `phase`. */
function numbers(shape: number[], phase: number): tf.Tensor {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return tf.reshape(tf.sin(tf.add(tf.mul(tf.range(0, size), 1.7), phase)), shape);
}

/** By hand and by the tape: the gradients of Σ gates·slopes over all steps, with respect to the states and the kernel. */
async function gradients(map: LinearMap, state: number[], kernelShape: number[], maskCount: number): Promise<{ byHand: number[][]; byTape: number[][] }> {
  const step = new CpuRuntime().createProgram([]).compile({
    name: 'gradients',
    feeds: [],
    build: () => {
      const kernel = numbers(kernelShape, 1);
      const masks = Array.from({ length: maskCount }, (_, i) => tf.cast(tf.greater(numbers(state, 5 + i), 0), 'float32'));
      const states = numbers([STEPS, ...state], 2);
      const slopes = numbers([STEPS, ...state.slice(0, -1), kernelShape.at(-1) ?? 0], 3);
      const total = (all: tf.Tensor, matrix: tf.Tensor): tf.Scalar => {
        const { apply, constants } = recurrentKernel(map, matrix, masks);
        const gates = tf.stack(tf.unstack(all).map((one) => apply(one, constants)));
        return tf.sum(tf.mul(gates, slopes));
      };
      const byTape = tf.grads(total)([states, kernel]);
      const { adjoint, constantGradients, constants } = recurrentKernel(map, kernel, masks);
      const dStates = tf.stack(tf.unstack(slopes).map((slope) => adjoint(slope, constants)));
      const dConstants = constantGradients(states, slopes, constants).map((gradient) => gradient());
      expect(dConstants.map(({ shape }) => shape)).toEqual(constants.map(({ shape }) => shape));
      const dKernel = tf.concat(dConstants.filter((_, i) => constants[i]?.shape.at(-2) === kernelShape.at(-2) && !masks.includes(constants[i] as tf.Tensor)), -1);
      return [...byTape, dStates, dKernel];
    },
  });
  const values = (await step.run({})).map(({ data }) => Array.from(data, Number));
  return { byTape: values.slice(0, 2), byHand: values.slice(2) };
}

describe('gradients of a recurrent kernel by hand are those of the tape', () => {
  it.each([0, 1, GATES])('product with %i masks', async (masks) => {
    const { byHand, byTape } = await gradients(product, [2, 3], [3, 3 * GATES], masks);
    byTape.forEach((gradient, i) => gradient.forEach((value, at) => expect(byHand[i]?.[at]).toBeCloseTo(value, 5)));
  });

  it.each([0, 1, GATES])('convolution with %i masks', async (masks) => {
    const { byHand, byTape } = await gradients(convolution, [2, 4, 3, 2], [3, 2, 2, 2 * GATES], masks);
    byTape.forEach((gradient, i) => gradient.forEach((value, at) => expect(byHand[i]?.[at]).toBeCloseTo(value, 5)));
  });
});

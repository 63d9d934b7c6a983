import * as tf from '@tensorflow/tfjs-core';
import type { StepScope, UpdateRule } from '@trainyard/engine';
import { ndarray } from '@trainyard/ndarray';
import { afterAll, describe, expect, it } from 'vitest';

import { findLibrary } from '../library/find-library.js';
import { createTensorFlowRuntime } from './tensorflow-runtime.js';

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
afterAll(() => runtime.dispose());

const array = (shape: number[], values: number[]) => ndarray('float32', shape, Float32Array.from(values));

/** Runs an update rule on one weight, gradient by gradient, and answers the weight after each. */
async function updates(slots: string[], rule: (scope: StepScope, gradient: tf.Tensor) => UpdateRule, gradients: number[]): Promise<number[]> {
  const names = ['w', ...slots];
  const program = runtime.createProgram(names.map((name) => ({ name, shape: [1], dtype: 'float32' })));
  await program.write(new Map(names.map((name) => [name, array([1], [name === 'w' ? 1 : 0])])));
  const step = program.compile({
    name: 'update',
    feeds: [{ name: 'g', shape: [1], dtype: 'float32' }, { name: 'lr', shape: [], dtype: 'float32' }],
    build(scope) {
      scope.update(rule(scope, scope.feed('g')));
      return [];
    },
  });
  const weights: number[] = [];
  for (const gradient of gradients) {
    await step.run({ g: array([1], [gradient]), lr: array([], [0.1]) });
    weights.push(Number((await program.read(['w']))[0]!.data[0]));
  }
  program.dispose();
  return weights;
}

describe('the update rules', () => {
  const gradients = [0.5, -1, 2, 0.25];

  it('gradient descent', async () => {
    let w = 1;
    const expected = gradients.map((g) => (w -= 0.1 * g));
    const actual = await updates([], (scope, gradient) => ({ kind: 'gradient_descent', variable: 'w', gradient, learningRate: scope.feed('lr') }), gradients);
    actual.forEach((weight, i) => expect(weight).toBeCloseTo(expected[i]!, 6));
  });

  it.each([false, true])('momentum, nesterov: %s', async (nesterov) => {
    let [w, m] = [1, 0];
    const expected = gradients.map((g) => {
      m = 0.9 * m - 0.1 * g;
      return (w += nesterov ? 0.9 * m - 0.1 * g : m);
    });
    const actual = await updates(
      ['m'],
      (scope, gradient) => ({ kind: 'momentum', variable: 'w', momentumSlot: 'm', gradient, learningRate: scope.feed('lr'), momentum: 0.9, nesterov }),
      gradients,
    );
    actual.forEach((weight, i) => expect(weight).toBeCloseTo(expected[i]!, 6));
  });
});

describe('a small network', () => {
  // x [3, 2] → tanh(x·a + b) [3, 2] → ·c [3, 1]; loss: the mean of squares
  const x = [0.5, -1, 1, 0.25, -0.75, 2];
  const y = [1, -0.5, 0.25];
  const start = { a: [0.1, -0.2, 0.3, 0.4], b: [0.05, -0.05], c: [0.7, -0.6] };

  /** The same network and its gradients by hand, in float64. */
  function byHand(steps: number, rate: number): { losses: number[]; weights: typeof start } {
    const weights = structuredClone(start);
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const gradients = { a: [0, 0, 0, 0], b: [0, 0], c: [0, 0] };
      let loss = 0;
      for (let row = 0; row < 3; row++) {
        const input = [x[row * 2]!, x[row * 2 + 1]!];
        const hidden = [0, 1].map((j) => Math.tanh(input[0]! * weights.a[j]! + input[1]! * weights.a[2 + j]! + weights.b[j]!));
        const error = hidden[0]! * weights.c[0]! + hidden[1]! * weights.c[1]! - y[row]!;
        loss += (error * error) / 3;
        for (const j of [0, 1]) {
          const back = (2 / 3) * error;
          gradients.c[j]! += back * hidden[j]!;
          const z = back * weights.c[j]! * (1 - hidden[j]! ** 2);
          gradients.b[j]! += z;
          for (const i of [0, 1]) gradients.a[i * 2 + j]! += z * input[i]!;
        }
      }
      losses.push(loss);
      for (const name of ['a', 'b', 'c'] as const) weights[name] = weights[name].map((value, i) => value - rate * gradients[name][i]!);
    }
    return { losses, weights };
  }

  it('trains to the numbers of a computation by hand', async () => {
    const shapes = { a: [2, 2], b: [2], c: [2, 1] };
    const names = ['a', 'b', 'c'] as const;
    const program = runtime.createProgram(names.map((name) => ({ name, shape: shapes[name], dtype: 'float32' })));
    await program.write(new Map(names.map((name) => [name, array(shapes[name], start[name])])));
    const step = program.compile({
      name: 'train',
      feeds: [{ name: 'x', shape: [3, 2], dtype: 'float32' }, { name: 'y', shape: [3, 1], dtype: 'float32' }],
      build(scope) {
        const [x, y] = [scope.feed('x'), scope.feed('y')];
        const forward = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => tf.matMul(tf.tanh(tf.add(tf.matMul(x, a), b)), c);
        const loss = (...weights: tf.Tensor[]) => tf.mean<tf.Scalar>(tf.square(tf.sub(forward(weights[0]!, weights[1]!, weights[2]!), y)));
        const weights = names.map((name) => scope.read(name));
        const { value, grads } = tf.valueAndGrads(loss)(weights);
        names.forEach((name, i) => scope.update({ kind: 'gradient_descent', variable: name, gradient: grads[i]!, learningRate: tf.scalar(0.2) }));
        return [value];
      },
    });
    const losses: number[] = [];
    for (let i = 0; i < 25; i++) losses.push(Number((await step.run({ x: array([3, 2], x), y: array([3, 1], y) }))[0]!.data[0]));
    const expected = byHand(25, 0.2);
    losses.forEach((loss, i) => expect(loss).toBeCloseTo(expected.losses[i]!, 5));
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 3);
    const values = await program.read(names);
    names.forEach((name, index) => values[index]!.data.forEach((value, i) => expect(value).toBeCloseTo(expected.weights[name][i]!, 5)));
    program.dispose();
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

import { CpuRuntime } from '../runtime/cpu-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { tensorflow } from '../testing/tensorflow.js';
import { sparseTopKCategoricalAccuracy, topKCategoricalAccuracy } from './top-k.js';

async function score(runtime: Runtime, classes: readonly number[], predictions: number[][], k: number): Promise<number> {
  const program = runtime.createProgram([]);
  const build = (): tf.Tensor[] => [sparseTopKCategoricalAccuracy(k)(tf.tensor2d(classes.map((label) => [label])), tf.tensor2d(predictions))];
  const [answer] = await program.compile({ name: 'score', feeds: [], build }).run({});
  program.dispose();
  return Number(answer?.data[0]);
}

describe.each([
  ['TensorFlow', tensorflow()],
  ['the oracle', new CpuRuntime()],
])('top-k accuracy on %s', (_name, runtime) => {
  const rising = [0.1, 0.2, 0.3, 0.4];

  it('is the share of rows whose class is among the k best', async () => {
    expect(await score(runtime, [3, 2, 1, 0], [rising, rising, rising, rising], 2)).toBe(0.5);
    expect(await score(runtime, [3, 2, 1, 0], [rising, rising, rising, rising], 4)).toBe(1);
  });

  it('counts ties for the class', async () => {
    expect(await score(runtime, [0, 1], [[0.5, 0.5, 0.5], [0.5, 0.4, 0.5]], 1)).toBe(0.5);
  });

  it('counts rows that are not finite, and classes that do not exist, against it', async () => {
    expect(await score(runtime, [0, 0], [[1, NaN], [1, Infinity]], 2)).toBe(0);
    expect(await score(runtime, [7, 1], [[-1, -2], [-1, -2]], 2)).toBe(0.5);
  });

  it('takes one-hot targets too', async () => {
    const program = runtime.createProgram([]);
    const build = (): tf.Tensor[] => [topKCategoricalAccuracy(1)(tf.tensor2d([[0, 1], [1, 0]]), tf.tensor2d([[0.1, 0.9], [0.2, 0.8]]))];
    const [answer] = await program.compile({ name: 'score', feeds: [], build }).run({});
    program.dispose();
    expect(answer?.data[0]).toBe(0.5);
  });
});

import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { ConfigReader } from '../config/config-reader.js';
import { kernels, runKernel } from '../ops/kernels.js';
import { RandomStream } from '../ops/random-stream.js';
import { CpuRuntime } from '../runtime/cpu-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { tensorflow } from '../testing/tensorflow.js';
import { readInitializer } from './registry.js';

async function compute(runtime: Runtime, build: () => tf.Tensor): Promise<NdArray> {
  const program = runtime.createProgram([]);
  const [answer] = await program.compile({ name: 'draw', feeds: [], build: () => [build()] }).run({});
  program.dispose();
  return answer as NdArray;
}

function draw(runtime: Runtime, shape: readonly number[], config: object): Promise<NdArray> {
  const { draw: drawn } = readInitializer(new ConfigReader({ it: { class_name: 'Orthogonal', config: { ...config } } }, ''), 'it', 'zeros');
  return compute(runtime, () => drawn(shape, tf.tensor1d([3, 4], 'int32')));
}

/** The largest difference between the products of the rows (or columns) of a matrix and those of orthogonal ones. */
function deviation({ data }: NdArray, rows: number, columns: number, gain: number): number {
  const at = (line: number, i: number): number => Number(rows <= columns ? data[line * columns + i] : data[i * columns + line]);
  const [lines, length] = rows <= columns ? [rows, columns] : [columns, rows];
  let worst = 0;
  for (let one = 0; one < lines; one++)
    for (let other = 0; other <= one; other++) {
      let product = 0;
      for (let i = 0; i < length; i++) product += at(one, i) * at(other, i);
      worst = Math.max(worst, Math.abs(product - (one === other ? gain ** 2 : 0)));
    }
  return worst;
}

describe.each([
  ['TensorFlow', tensorflow()],
  ['the oracle', new CpuRuntime()],
])('Orthogonal on %s', (_name, runtime) => {
  it.each([
    [[6, 6], 6, 6, 1],
    [[5, 20], 5, 20, 1],
    [[20, 5], 20, 5, 2],
    [[3, 2, 2, 7], 12, 7, 0.5],
  ])('%j: the shorter side is orthogonal', async (shape, rows, columns, gain) => {
    const drawn = await draw(runtime, shape, { gain });
    expect(drawn.shape).toEqual(shape);
    expect(deviation(drawn, rows, columns, gain)).toBeLessThan(1e-5);
  });
});

it('is drawn for the weights of a large recurrent layer', async () => {
  expect(deviation(await draw(tensorflow(), [256, 1024], {}), 256, 1024, 1)).toBeLessThan(1e-5);
});

it('is the same factor on TensorFlow and on the oracle', async () => {
  const stream = new RandomStream(1, 2);
  const values = Float32Array.from({ length: 8 * 5 }, () => stream.normal());
  const build = (): tf.Tensor => runKernel(kernels.orthogonalFactor, { x: tf.tensor(values, [8, 5]) });
  const [ours, theirs] = [await compute(tensorflow(), build), await compute(new CpuRuntime(), build)];
  ours.data.forEach((value, i) => expect(Number(value)).toBeCloseTo(Number(theirs.data[i]), 5));
});

it('refuses a weight of one dimension', async () => {
  await expect(draw(new CpuRuntime(), [5], {})).rejects.toThrow('/it/config: Orthogonal: expected a weight of at least 2 dimensions, received one of shape [5]');
});

import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { registerTensorFlowBackend } from '../eager/register-backend.js';
import { findLibrary } from '../library/find-library.js';
import { createTensorFlowRuntime } from '../runtime/tensorflow-runtime.js';

const library = findLibrary(process.env);
const runtime = createTensorFlowRuntime({ library });

beforeAll(() => registerTensorFlowBackend({ library }));
afterAll(() => runtime.dispose());

type Build = () => tf.Tensor;

function kernel(name: string, inputs: Record<string, tf.Tensor>, attributes: Record<string, unknown> = {}): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(name, inputs, attributes as tf.NamedAttrMap);
}

async function traced(build: Build): Promise<number[]> {
  const program = runtime.createProgram([]);
  const [answer] = await program.compile({ name: 'step', feeds: [], build: () => [build()] }).run({});
  program.dispose();
  return Array.from(answer!.data, Number);
}

async function eager(build: Build): Promise<number[]> {
  return tf.tidy(() => Array.from(build().dataSync()));
}

describe.each([
  ['eager', eager],
  ['traced', traced],
])('the kernels, %s', (_name, compute) => {
  it('ReluGrad passes dy where y is positive', async () => {
    expect(await compute(() => kernel('ReluGrad', { dy: tf.tensor1d([1, 2, 3, 4]), y: tf.tensor1d([0, 5, 0, 0.1]) }))).toEqual([0, 2, 0, 4]);
  });

  it('SigmoidGrad, TanhGrad and RsqrtGrad are the derivatives in terms of y', async () => {
    const gradient = (name: string) => compute(() => kernel(name, { dy: tf.tensor1d([1, 2]), y: tf.tensor1d([0.5, 0.25]) }));
    expect(await gradient('SigmoidGrad')).toEqual([0.25, 0.375]);
    expect(await gradient('TanhGrad')).toEqual([0.75, 1.875]);
    expect(await gradient('RsqrtGrad')).toEqual([-0.0625, -0.015625]);
  });

  it('BiasAdd adds along the last axis, BiasAddGrad sums over the others', async () => {
    const x = () => tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
    expect(await compute(() => kernel('BiasAdd', { x: x(), bias: tf.tensor1d([10, 20]) }))).toEqual([11, 22, 13, 24, 15, 26, 17, 28]);
    expect(await compute(() => kernel('BiasAddGrad', { dy: x() }))).toEqual([16, 20]);
  });

  it('Round leaves integers as they are', async () => {
    expect(await compute(() => tf.round(tf.tensor1d([-7, 0, 12345678], 'int32')))).toEqual([-7, 0, 12345678]);
    expect(await compute(() => tf.round(tf.tensor1d([0.5, 1.5, -0.6])))).toEqual([0, 2, -1]);
  });

  it('GatherV2 takes rows', async () => {
    expect(await compute(() => tf.gather(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor1d([1, 0, 1], 'int32')))).toEqual([3, 4, 1, 2, 3, 4]);
  });

  it.each(['StatelessRandomUniform', 'StatelessRandomNormal', 'StatelessTruncatedNormal'])('%s is a function of its seed', async (name) => {
    const draw = (seed: [number, number], shape = [2, 3]) => compute(() => kernel(name, { seed: tf.tensor1d(seed, 'int32') }, { shape }));
    const first = await draw([1, 2]);
    expect(first).toHaveLength(6);
    expect(await draw([1, 2])).toEqual(first);
    expect(await draw([1, 3])).not.toEqual(first);
    expect(await draw([1, 2], [])).toHaveLength(1);
  });

  it('the random kernels have their distributions', async () => {
    const draw = (name: string) => compute(() => kernel(name, { seed: tf.tensor1d([3, 4], 'int32') }, { shape: [40_000] }));
    const uniform = await draw('StatelessRandomUniform');
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(moments(uniform)).toEqual([expect.closeTo(1 / 2, 2), expect.closeTo(1 / 12, 2)]);
    expect(moments(await draw('StatelessRandomNormal'))).toEqual([expect.closeTo(0, 1), expect.closeTo(1, 1)]);
    const truncated = await draw('StatelessTruncatedNormal');
    expect(Math.max(...truncated.map(Math.abs))).toBeLessThanOrEqual(2);
    // Of a normal cut at 2σ: 1 − 4φ(2)/(2Φ(2) − 1)
    expect(moments(truncated)).toEqual([expect.closeTo(0, 1), expect.closeTo(0.774, 1)]);
  });
});

it('random numbers are the same eager and traced', async () => {
  const build = () => kernel('StatelessRandomNormal', { seed: tf.tensor1d([5, 6], 'int32') }, { shape: [10] });
  expect(await traced(build)).toEqual(await eager(build));
});

function moments(values: readonly number[]): [mean: number, variance: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length];
}

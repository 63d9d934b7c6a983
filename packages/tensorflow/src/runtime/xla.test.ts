import * as tf from '@tensorflow/tfjs-core';
import { kernels, type ScanAttributes, type StepDefinition, type StepScope, type XlaUse } from '@trainyard/engine';
import { ndarray, type NdArray } from '@trainyard/ndarray';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findLibrary } from '../library/find-library.js';
import type { TensorFlowProgram } from './program.js';
import { createTensorFlowRuntime } from './tensorflow-runtime.js';

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
const floats = (shape: number[], values: number[]): NdArray => ndarray('float32', shape, Float32Array.from(values));
const idle = runtime.live.snapshot();

let program: TensorFlowProgram;
beforeEach(async () => {
  program = runtime.createProgram(['w', 'm'].map((name) => ({ name, shape: [2], dtype: 'float32' })));
  await program.write(new Map([['w', floats([2], [1, -2])], ['m', floats([2], [0.5, 0])]]));
});
afterEach(() => {
  program.dispose();
  expect(runtime.live.snapshot()).toEqual(idle);
});

const numbers = ({ data }: NdArray): number[] => Array.from(data, Number);
const variables = async (): Promise<number[][]> => (await program.read(['w', 'm'])).map(numbers);

/** Multiplies and adds up over time: state ← tanh(state · factor + x), from the last step to the first where `reverse`. */
function scan(x: tf.Tensor, start: tf.Tensor, factor: tf.Tensor, reverse = false): tf.Tensor[] {
  const attributes: ScanAttributes = {
    sequences: 1,
    states: 1,
    reverse,
    step: ({ sequences: [now], states: [state], constants: [by] }) => {
      const next = tf.tanh(tf.add(tf.mul(state as tf.Tensor, by as tf.Tensor), now as tf.Tensor));
      return { states: [next], sequences: [next] };
    },
  };
  return tf.engine().runKernel(kernels.scan, [x, start, factor] as unknown as tf.NamedTensorMap, attributes as unknown as tf.NamedAttrMap);
}

const draw = (kernel: string, seed: tf.Tensor, shape: number[]): tf.Tensor =>
  tf.engine().runKernel(kernel, { seed }, { shape });

/** A loop there and back over x and dropout of it, a fused formula, an update by a rule. */
function build(scope: StepScope): tf.Tensor[] {
  const seed = tf.add(scope.feed('seed'), tf.tensor1d([7, 0], 'int32'));
  const dropped = tf.mul(scope.feed('x'), draw(kernels.statelessRandomUniform, seed, [4, 2]));
  const [last, all] = scan(dropped, tf.zeros([2]), scope.read('w')) as [tf.Tensor, tf.Tensor];
  const [first] = scan(all, last, scope.read('w'), true) as [tf.Tensor];
  const [halved, rest] = scope.fuse([first, scope.feed('x')], ([a, b]) => [tf.div(a as tf.Tensor, 2), tf.sum(b as tf.Tensor, 0)]) as [tf.Tensor, tf.Tensor];
  scope.update({ kind: 'momentum', variable: 'w', momentumSlot: 'm', gradient: tf.add(halved, rest), learningRate: tf.scalar(0.1), momentum: 0.9, nesterov: true });
  return [last, all, scope.read('w')];
}

const step = (xla?: XlaUse): StepDefinition => ({
  name: 'loops',
  feeds: [{ name: 'x', shape: [4, 2], dtype: 'float32' }, { name: 'seed', shape: [2], dtype: 'int32' }],
  ...(xla ? { xla } : {}),
  build,
});
const feeds = { x: floats([4, 2], [1, 2, 3, -4, 0.5, 6, -7, 8]), seed: ndarray('int32', [2], Int32Array.of(3, 1)) };

async function outcome(xla?: XlaUse): Promise<{ values: number[][]; nodeCount: number }> {
  await program.write(new Map([['w', floats([2], [1, -2])], ['m', floats([2], [0.5, 0])]]));
  const compiled = program.compile(step(xla));
  const runs = [await compiled.run(feeds), await compiled.run(feeds)];
  return { values: [...runs.flat().map(numbers), ...(await variables())], nodeCount: compiled.nodeCount ?? NaN };
}

describe('a step that XLA compiles', () => {
  it.each(['parts', 'step'] as const)('computes, draws and assigns the same: %s', async (xla) => {
    const plain = await outcome();
    const { values, nodeCount } = await outcome(xla);
    expect(values.length).toBe(plain.values.length);
    values.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(plain.values[i]?.[j] ?? NaN, 5)));
    expect(nodeCount).toBeLessThan(plain.nodeCount);
  });

  it('draws what the step draws without XLA, to the bit', async () => {
    const drawn = async (kernel: string, xla?: XlaUse): Promise<number[]> => {
      const compiled = program.compile({
        name: 'draw',
        feeds: [{ name: 'seeds', shape: [2, 2], dtype: 'int32' }],
        ...(xla ? { xla } : {}),
        build: (scope) => [draw(kernel, tf.unstack(scope.feed('seeds'))[1] as tf.Tensor, [101])],
      });
      const [values] = await compiled.run({ seeds: ndarray('int32', [2, 2], Int32Array.of(1, 2, 3, 4)) });
      return numbers(values as NdArray);
    };
    for (const kernel of [kernels.statelessRandomUniform, kernels.statelessRandomNormal, kernels.statelessTruncatedNormal])
      expect(await drawn(kernel, 'step')).toEqual(await drawn(kernel));
  });

  it('refuses a seed that only the function would know', () => {
    const seeded: StepDefinition = { name: 'draw', feeds: [{ name: 'x', shape: [2], dtype: 'float32' }], xla: 'step', build: (scope) => [draw(kernels.statelessRandomUniform, tf.cast(scope.feed('x'), 'int32'), [3])] };
    expect(() => program.compile(seeded)).toThrow('expected a seed that is computed from what the step is fed');
  });

  it('fails at its first run where XLA cannot compile it, changes nothing, and leaves the program as it was', async () => {
    // No deterministic kernel of XLA's exists for the gradient of max pooling.
    const pooled = program.compile({
      name: 'pooled',
      feeds: [{ name: 'x', shape: [1, 4, 4, 1], dtype: 'float32' }],
      xla: 'step',
      build: (scope) => {
        scope.assign('w', tf.zeros([2]));
        return [tf.grad((x: tf.Tensor) => tf.sum(tf.maxPool(x.as4D(1, 4, 4, 1), 2, 2, 'valid')))(scope.feed('x'))];
      },
    });
    await expect(pooled.run({ x: floats([1, 4, 4, 1], Array.from({ length: 16 }, (_, i) => i)) })).rejects.toThrow('step pooled');
    expect(await variables()).toEqual([[1, -2], [0.5, 0]]);
    expect((await outcome()).values).toHaveLength(8);
  });
});

describe('a step that may run inline', () => {
  const inline: StepDefinition = { name: 'inline', feeds: [{ name: 'x', shape: [2], dtype: 'float32' }], inline: true, build: (scope) => [tf.add(scope.feed('x'), scope.read('w'))] };
  const x = floats([2], [10, 20]);

  it('answers within the turn of the event loop, from its second run on', async () => {
    const compiled = program.compile(inline);
    await compiled.run({ x });
    let turned = false;
    setImmediate(() => (turned = true));
    const [sum] = await compiled.run({ x });
    expect(numbers(sum as NdArray)).toEqual([11, 18]);
    expect(turned).toBe(false);
  });

  it('waits for the runs before it', async () => {
    const compiled = program.compile(inline);
    await compiled.run({ x });
    const written = program.write(new Map([['w', floats([2], [5, 5])]]));
    const [sum] = await compiled.run({ x });
    expect(numbers(sum as NdArray)).toEqual([15, 25]);
    await written;
  });

  it('tells of an error as others do', async () => {
    const compiled = program.compile({ name: 'broken', feeds: [{ name: 'x', shape: [2], dtype: 'float32' }], inline: true, build: (scope) => [tf.gather(scope.read('w'), tf.cast(scope.feed('x'), 'int32'))] });
    await compiled.run({ x: floats([2], [0, 1]) });
    await expect(compiled.run({ x })).rejects.toThrow('step broken');
    expect(numbers((await compiled.run({ x: floats([2], [1, 0]) }))[0] as NdArray)).toEqual([-2, 1]);
  });
});

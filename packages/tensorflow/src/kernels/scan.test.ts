import * as tf from '@tensorflow/tfjs-core';
import type { ScanAttributes } from '@trainyard/engine';
import { ndarray } from '@trainyard/ndarray';
import { afterAll, describe, expect, it } from 'vitest';

import { findLibrary } from '../library/find-library.js';
import { createTensorFlowRuntime } from '../runtime/tensorflow-runtime.js';

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
afterAll(() => runtime.dispose());

function scan(inputs: tf.Tensor[], attributes: ScanAttributes): tf.Tensor[] {
  return tf.engine().runKernel('Scan', inputs as unknown as tf.NamedTensorMap, attributes as unknown as tf.NamedAttrMap);
}

/** state ← state · factor + x; keeps the state before. */
const accumulate: Omit<ScanAttributes, 'reverse'> = {
  sequences: 1,
  states: 1,
  step: ({ sequences: [x], states: [state], constants: [factor] }) => ({
    states: [tf.add(tf.mul(state as tf.Tensor, factor as tf.Tensor), x as tf.Tensor)],
    sequences: [state as tf.Tensor],
  }),
};

/** Runs `build` on x = [[1, 2], [3, 4], …] of `steps` rows. */
async function run(steps: number, build: (x: tf.Tensor) => tf.Tensor[]): Promise<{ values: number[][]; nodeCount: number }> {
  const program = runtime.createProgram([]);
  try {
    const step = program.compile({ name: 'scan', feeds: [{ name: 'x', shape: [steps, 2], dtype: 'float32' }], build: (scope) => build(scope.feed('x')) });
    const answers = await step.run({ x: ndarray('float32', [steps, 2], Float32Array.from({ length: 2 * steps }, (_, i) => i + 1)) });
    return { values: answers.map(({ data }) => Array.from(data, Number)), nodeCount: step.nodeCount ?? 0 };
  } finally {
    program.dispose();
  }
}

describe('a scan', () => {
  it('hands states on, and keeps what steps answer', async () => {
    const { values } = await run(3, (x) => scan([x, tf.tensor1d([10, 0]), tf.scalar(2)], { ...accumulate, reverse: false }));
    expect(values).toEqual([
      [10 * 8 + 4 + 6 + 5, 8 + 8 + 6],
      [10, 0, 21, 2, 45, 8],
    ]);
  });

  it('goes backwards, and keeps in place', async () => {
    const { values } = await run(3, (x) => scan([x, tf.tensor1d([10, 0]), tf.scalar(2)], { ...accumulate, reverse: true }));
    expect(values).toEqual([
      [10 * 8 + 20 + 6 + 1, 24 + 8 + 2],
      [53, 16, 25, 6, 10, 0],
    ]);
  });

  it('reads what another scan kept', async () => {
    const { values } = await run(3, (x) => {
      const [, before] = scan([x, tf.zeros([2]), tf.scalar(1)], { ...accumulate, reverse: false });
      return scan([before as tf.Tensor, tf.zeros([2]), tf.scalar(1)], { ...accumulate, reverse: false }).slice(0, 1);
    });
    expect(values).toEqual([[0 + 1 + 4, 0 + 2 + 6]]);
  });

  it('does not grow with the number of steps', async () => {
    const nodes = async (steps: number) => (await run(steps, (x) => scan([x, tf.zeros([2]), tf.scalar(1)], { ...accumulate, reverse: false }))).nodeCount;
    expect(await nodes(500)).toBe(await nodes(2));
  });

  it('releases its functions and their graphs', async () => {
    const before = runtime.live.snapshot();
    await run(2, (x) => scan([x, tf.zeros([2]), tf.scalar(1)], { ...accumulate, reverse: false }));
    const failing = run(2, (x) =>
      scan([x, tf.zeros([2])], { sequences: 1, states: 1, reverse: false, step: ({ states }) => ({ states: [tf.concat(states.concat(states))], sequences: [] }) }),
    );
    await expect(failing).rejects.toThrow('state 0 of a scan: expected a step to answer float32 of shape [2], received float32 of shape [4]');
    expect(runtime.live.snapshot()).toEqual(before);
  });

  it('refuses a tensor of the step around it', async () => {
    const outside = run(2, (x) => scan([x, tf.zeros([2])], { sequences: 1, states: 1, reverse: false, step: ({ states }) => ({ states: states.map((state) => state.add(x.sum())), sequences: [] }) }));
    await expect(outside).rejects.toThrow('a step used a tensor of another step');
  });
});

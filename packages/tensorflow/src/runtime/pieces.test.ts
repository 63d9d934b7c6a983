import * as tf from '@tensorflow/tfjs-core';
import type { FeedSpec, StepScope } from '@trainyard/engine';
import { ndarray, type NdArray } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { findLibrary } from '../library/find-library.js';
import type { TensorFlowProgram } from './program.js';
import { createTensorFlowRuntime } from './tensorflow-runtime.js';

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
const floats = (shape: number[], values: number[]): NdArray => ndarray('float32', shape, Float32Array.from(values));
const x2: FeedSpec = { name: 'x', shape: [2], dtype: 'float32' };
const bytes = ({ data }: NdArray): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

describe('variables that are updated in pieces', () => {
  const shape = [2060, 2040]; // five pieces
  const names = ['w', 'm', 'v'];
  const threeOf = (...dimensions: number[]) => runtime.createProgram(names.map((name) => ({ name, shape: dimensions, dtype: 'float32' })));
  const start = ndarray('float32', shape, Float32Array.from({ length: 2060 * 2040 }, (_, i) => Math.fround((i % 17) / 70)));
  const formula = ([w, m, v]: readonly tf.Tensor[], g: tf.Tensor): tf.Tensor[] => {
    const [mean, square] = [tf.add(tf.mul(m!, 0.9), tf.mul(g, 0.1)), tf.add(tf.mul(v!, 0.99), tf.mul(tf.square(g), 0.01))];
    return [tf.sub(w!, tf.div(tf.mul(mean, 0.01), tf.add(tf.sqrt(square), 1e-7))), mean, square];
  };
  /** The slots start as one and the same tensor of zeros, as an optimizer's do. */
  const begin = async (program: TensorFlowProgram): Promise<void> => {
    await program.write(new Map([['w', start]]));
    await program.compile({ name: 'zeros', feeds: [], build: (scope) => (['m', 'v'].forEach((name) => scope.assign(name, tf.zeros(shape))), []) }).run({});
  };
  const update = (program: TensorFlowProgram, inPieces: boolean) =>
    program.compile({
      name: 'update',
      feeds: [x2],
      build(scope) {
        const w = scope.read('w');
        const gradient = tf.mul(tf.sin(w), scope.feed('x').sum());
        if (inPieces) scope.updateInPieces!(names, gradient, formula);
        else for (const [i, value] of formula(names.map((name) => scope.read(name)), gradient).entries()) scope.assign(names[i]!, value);
        return [tf.sum(tf.reshape(w, [-1]))]; // of the old value, whenever it is computed
      },
    });

  it('are, run for run, to the bit what the formula assigns', async () => {
    const runs: Buffer[][] = [];
    for (const inPieces of [true, false]) {
      const program = threeOf(...shape);
      await begin(program);
      const step = update(program, inPieces);
      const sums: Buffer[] = [];
      for (const x of [1, 3, -2]) sums.push(bytes((await step.run({ x: floats([2], [x, 0.5]) }))[0]!));
      runs.push([...sums, ...(await program.read(names)).map(bytes)]);
      program.dispose();
    }
    for (const [i, value] of runs[0]!.entries()) expect(Buffer.compare(value, runs[1]![i]!)).toBe(0);
    expect(new Set(runs[0]!.slice(3).map((value) => value.readFloatLE(4))).size).toBe(3);
  });

  it('are read as they were when reading was asked for', async () => {
    const program = threeOf(...shape);
    await begin(program);
    const step = update(program, true);
    await step.run({ x: floats([2], [1, 0.5]) });
    const [before, , after] = await Promise.all([program.read(names), step.run({ x: floats([2], [2, 0.5]) }), program.read(names)]);
    const again = threeOf(...shape);
    await again.write(new Map(names.map((name, i) => [name, before[i]!])));
    await update(again, false).run({ x: floats([2], [2, 0.5]) });
    for (const [i, value] of (await again.read(names)).entries()) expect(Buffer.compare(bytes(value), bytes(after[i]!))).toBe(0);
    program.dispose();
    again.dispose();
  });

  it('are large, set once, and not answered', () => {
    const program = threeOf(...shape);
    const small = threeOf(20, 30);
    const compile = (of: TensorFlowProgram, build: (scope: StepScope) => tf.Tensor[]) => () => of.compile({ name: 'update', feeds: [x2], build });
    const all = (scope: StepScope) => scope.updateInPieces!(names, tf.square(scope.read('w')), formula);
    expect(compile(small, (scope) => (all(scope), []))).toThrow('w: expected at least 4194304 elements to update in pieces, it has 600');
    expect(compile(program, (scope) => (all(scope), scope.assign('m', scope.read('w')), []))).toThrow('m: is assigned or updated twice');
    expect(compile(program, (scope) => (all(scope), [scope.read('v')]))).toThrow('v: its value cannot be answered by a step that updates in pieces');
    expect(compile(program, (scope) => (scope.updateInPieces!(names, scope.feed('x'), formula), []))).toThrow('w: expected float32 of shape [2], as what it is updated with, it is float32 of shape [2060, 2040]');
    program.dispose();
    small.dispose();
  });
});

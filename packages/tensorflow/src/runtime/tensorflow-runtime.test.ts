import * as tf from '@tensorflow/tfjs-core';
import { ndarray, type NdArray } from '@trainyard/ndarray';
import { afterEach, describe, expect, it } from 'vitest';

import { findLibrary } from '../library/find-library.js';
import { createTensorFlowRuntime } from './tensorflow-runtime.js';

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
const idle = runtime.live.snapshot();

function floats(shape: number[], values: number[]): NdArray {
  return ndarray('float32', shape, Float32Array.from(values));
}

afterEach(() => {
  expect(runtime.live.leaked).toBe(0);
});

describe('a program', () => {
  it('runs a step over feeds and variables, and updates them', async () => {
    const program = runtime.createProgram([{ name: 'w', shape: [2], dtype: 'float32' }]);
    await program.write(new Map([['w', floats([2], [1, 2])]]));
    const step = program.compile({
      name: 'train',
      feeds: [{ name: 'x', shape: [2], dtype: 'float32' }],
      build(scope) {
        const w = scope.read('w');
        const x = scope.feed('x');
        const loss = tf.sum(tf.square(tf.sub(w, x)));
        scope.assign('w', tf.add(w, x));
        return [loss];
      },
    });
    const [loss] = await step.run({ x: floats([2], [4, 6]) });
    expect(loss).toEqual(floats([], [25]));
    expect(await program.read(['w'])).toEqual([floats([2], [5, 8])]);
    program.dispose();
    expect(runtime.live.snapshot()).toEqual(idle);
  });
});

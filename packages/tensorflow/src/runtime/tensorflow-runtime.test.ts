import * as tf from '@tensorflow/tfjs-core';
import { type FeedSpec, kernels, type StepDefinition } from '@trainyard/engine';
import { ndarray, type NdArray } from '@trainyard/ndarray';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findLibrary } from '../library/find-library.js';
import { TensorFlowError } from '../library/tensorflow-error.js';
import type { TensorFlowProgram } from './program.js';
import { createTensorFlowRuntime } from './tensorflow-runtime.js';

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
const floats = (shape: number[], values: number[]): NdArray => ndarray('float32', shape, Float32Array.from(values));
const x2: FeedSpec = { name: 'x', shape: [2], dtype: 'float32' };

let program: TensorFlowProgram;
const idle = runtime.live.snapshot();
beforeEach(() => {
  program = runtime.createProgram([
    { name: 'w', shape: [2], dtype: 'float32' },
    { name: 'count', shape: [], dtype: 'int32' },
  ]);
});
afterEach(() => {
  program.dispose();
  expect(runtime.live.snapshot()).toEqual(idle);
  expect(runtime.live.leaked).toBe(0);
});

const setW = (values: number[]) => program.write(new Map([['w', floats([2], values)]]));
const w = async () => Array.from((await program.read(['w']))[0]!.data, Number);

/** Answers the loss at the start of the run, and moves w by x. */
const move: StepDefinition = {
  name: 'move',
  feeds: [x2],
  build(scope) {
    const [value, x] = [scope.read('w'), scope.feed('x')];
    scope.assign('w', tf.add(value, x));
    return [tf.sum(tf.square(tf.sub(value, x))), scope.read('w')];
  },
};

describe('variables', () => {
  it('keep what was written, of either dtype, in the order that is asked for', async () => {
    await program.write(new Map([['count', ndarray('int32', [], Int32Array.of(7))], ['w', floats([2], [1, -2])]]));
    expect(await program.read(['w', 'count'])).toEqual([floats([2], [1, -2]), ndarray('int32', [], Int32Array.of(7))]);
    expect(await program.read([])).toEqual([]);
  });

  it('are copies: what the caller does to its arrays later changes nothing', async () => {
    const values = Float32Array.of(1, 2);
    await program.write(new Map([['w', ndarray('float32', [2], values)]]));
    values.fill(9);
    const [read] = await program.read(['w']);
    read!.data.fill(8 as never);
    expect(await w()).toEqual([1, 2]);
  });

  it('refuse another shape, dtype or name', async () => {
    await expect(program.write(new Map([['w', floats([3], [1, 2, 3])]]))).rejects.toThrow(
      new RangeError('variable w: expected float32 of shape [2], received float32 of shape [3]'),
    );
    await expect(program.write(new Map([['count', floats([], [1])]]))).rejects.toThrow('variable count: expected int32 of shape [], received float32');
    await expect(program.read(['v'])).rejects.toThrow('v: the program has no such variable; it has w, count');
    expect(() => runtime.createProgram([{ name: 'a', shape: [], dtype: 'float32' }, { name: 'a', shape: [], dtype: 'float32' }])).toThrow('a: two variables');
  });

  it("that were never written are an error of TensorFlow's, and can be written after it", async () => {
    await expect(program.read(['w'])).rejects.toThrow(TensorFlowError);
    await expect(program.read(['w'])).rejects.toThrow(/^reading variables: .*(uninitialized|Could not find variable|does not exist)/i);
    await setW([1, 2]);
    expect(await w()).toEqual([1, 2]);
  });

  it('of two programs are apart', async () => {
    const other = runtime.createProgram([{ name: 'w', shape: [2], dtype: 'float32' }]);
    await setW([1, 2]);
    await other.write(new Map([['w', floats([2], [3, 4])]]));
    expect(await w()).toEqual([1, 2]);
    expect(await other.read(['w'])).toEqual([floats([2], [3, 4])]);
    other.dispose();
  });
});

describe('a step', () => {
  it('reads the variables as they were at the start of the run, and assigns at its end', async () => {
    await setW([1, 2]);
    const step = program.compile(move);
    expect(await step.run({ x: floats([2], [4, 6]) })).toEqual([floats([], [25]), floats([2], [1, 2])]);
    expect(await w()).toEqual([5, 8]);
  });

  it('runs in the order of the calls, each on what the one before left', async () => {
    await setW([0, 0]);
    const [step, double] = [
      program.compile(move),
      program.compile({ name: 'double', feeds: [], build: (scope) => (scope.assign('w', scope.read('w').mul(2)), [scope.read('w')]) }),
    ];
    const answers = await Promise.all([step.run({ x: floats([2], [1, 2]) }), double.run({}), step.run({ x: floats([2], [1, 1]) }), program.read(['w']), double.run({})]);
    expect(answers.map((answer) => Array.from(answer.at(-1)!.data, Number))).toEqual([[0, 0], [1, 2], [2, 4], [3, 5], [3, 5]]);
    expect(await w()).toEqual([6, 10]);
  });

  it('may assign variables to each other', async () => {
    const pair = runtime.createProgram(['a', 'b'].map((name) => ({ name, shape: [], dtype: 'float32' })));
    await pair.write(new Map([['a', floats([], [1])], ['b', floats([], [2])]]));
    const swap = pair.compile({ name: 'swap', feeds: [], build: (scope) => (scope.assign('a', scope.read('b')), scope.assign('b', scope.read('a')), []) });
    await swap.run({});
    expect(await pair.read(['a', 'b'])).toEqual([floats([], [2]), floats([], [1])]);
    await swap.run({});
    expect(await pair.read(['a', 'b'])).toEqual([floats([], [1]), floats([], [2])]);
    pair.dispose();
  });

  it('copies its feeds when it is called', async () => {
    await setW([0, 0]);
    const step = program.compile(move);
    const x = floats([2], [1, 1]);
    const runs = Array.from({ length: 5 }, (_, index) => {
      x.data.fill(index as never);
      return step.run({ x });
    });
    await Promise.all(runs);
    expect(await w()).toEqual([10, 10]);
  });

  it('may assign or answer a feed as it is: the variable keeps its value when the feed changes', async () => {
    const store = program.compile({
      name: 'store',
      feeds: [x2],
      build(scope) {
        scope.assign('w', scope.feed('x'));
        return [scope.feed('x'), tf.scalar(3, 'int32'), scope.feed('x').greater(1)];
      },
    });
    expect(await store.run({ x: floats([2], [1, 2]) })).toEqual([floats([2], [1, 2]), ndarray('int32', [], Int32Array.of(3)), ndarray('bool', [2], Uint8Array.of(0, 1))]);
    const look = program.compile({ name: 'look', feeds: [x2], build: (scope) => [scope.read('w').add(scope.feed('x').mul(0))] });
    for (const value of [5, 6]) {
      await store.run({ x: floats([2], [value, value]) });
      await look.run({ x: floats([2], [-1, -1]) });
      expect(await w()).toEqual([value, value]);
    }
  });

  it('may leave feeds alone, be given nothing, and do nothing', async () => {
    const unused = program.compile({ name: 'unused', feeds: [x2, { name: 'empty', shape: [0, 3], dtype: 'float32' }], build: (scope) => [tf.sum(scope.feed('empty'))] });
    for (let i = 0; i < 2; i++) expect(await unused.run({ x: floats([2], [1, 2]), empty: floats([0, 3], []) })).toEqual([floats([], [0])]);
    expect(await program.compile({ name: 'nothing', feeds: [], build: () => [] }).run({})).toEqual([]);
  });

  it('compiled after others have run, adds to the same graph', async () => {
    await setW([1, 2]);
    const first = program.compile(move);
    await first.run({ x: floats([2], [1, 1]) });
    const second = program.compile(move);
    await second.run({ x: floats([2], [1, 1]) });
    await first.run({ x: floats([2], [1, 1]) });
    expect(await w()).toEqual([4, 5]);
  });

  it('tells the times of its ops, having done what a run does', async () => {
    await setW([1, 2]);
    const times = await program.compile(move).profile({ x: floats([2], [10, 20]) });
    expect(times.map(({ type }) => type)).toEqual(expect.arrayContaining(['ReadVariableOp', 'AssignVariableOp']));
    for (const { name, device, start, duration } of times) {
      expect(name).not.toBe('');
      expect(device).toContain('CPU:0');
      expect(Math.min(start, duration)).toBeGreaterThanOrEqual(0);
    }
    expect(await w()).toEqual([11, 22]);
    await expect(program.compile(move).profile({ x: floats([1], [1]) })).rejects.toThrow('step move, feed x');
  });

  it('takes exactly the feeds that it declared', async () => {
    const step = program.compile(move);
    const x = floats([2], [1, 2]);
    await expect(step.run({})).rejects.toThrow(new RangeError('step move, feed x: expected float32 of shape [2], received nothing'));
    await expect(step.run({ x: floats([1, 2], [1, 2]) })).rejects.toThrow('step move, feed x: expected float32 of shape [2], received float32 of shape [1, 2]');
    await expect(step.run({ x: ndarray('int32', [2], Int32Array.of(1, 2)) })).rejects.toThrow('received int32 of shape [2]');
    await expect(step.run({ x: { dtype: 'float32', shape: [2], data: new Float32Array(3) } })).rejects.toThrow('expected 2 elements');
    await expect(step.run({ x, y: x })).rejects.toThrow('step move: expected the feeds x, received y too');
  });

  it('says what a definition cannot be', () => {
    const compile = (build: StepDefinition['build']) => () => program.compile({ name: 's', feeds: [x2], build });
    expect(compile((scope) => [scope.feed('y')])).toThrow('step s: y: the step has no such feed; it has x');
    expect(compile((scope) => (scope.assign('w', tf.ones([3])), []))).toThrow('step s: w: expected float32 of shape [2] to assign, received float32 of shape [3]');
    expect(compile((scope) => (scope.assign('w', tf.ones([2])), scope.assign('w', tf.ones([2])), []))).toThrow('step s: w: is assigned or updated twice');
    expect(compile(() => [tf.complex(tf.ones([1]), tf.ones([1]))])).toThrow('to be float32, int32, bool, received complex64');
    expect(() => program.compile({ name: 's', feeds: [x2, x2], build: () => [] })).toThrow('step s: x: two feeds have this name');
    const sgd = (gradient: tf.Tensor, learningRate: tf.Tensor) => compile((scope) => (scope.update({ kind: 'gradient_descent', variable: 'w', gradient, learningRate }), []));
    expect(sgd(tf.ones([3]), tf.scalar(1))).toThrow('step s: w: expected a gradient of shape [2], received [3]');
    expect(sgd(tf.ones([2]), tf.ones([1]))).toThrow('step s: w: expected a scalar as learning rate');
  });
});

describe('after an error', () => {
  it("carries TensorFlow's own message, and later runs work", async () => {
    const step = program.compile({
      name: 'gather',
      feeds: [{ name: 'i', shape: [1], dtype: 'int32' }],
      build: (scope) => [tf.gather(tf.tensor1d([10, 20]), scope.feed('i'))],
    });
    const at = (index: number) => step.run({ i: ndarray('int32', [1], Int32Array.of(index)) });
    const results = await Promise.allSettled([at(0), at(7), at(1)]);
    expect(results[0]).toEqual({ status: 'fulfilled', value: [floats([1], [10])] });
    expect(results[1]).toMatchObject({ status: 'rejected', reason: { name: 'TensorFlowError', code: 'INVALID_ARGUMENT' } });
    expect((results[1] as PromiseRejectedResult).reason.message).toMatch(/^step gather: .*indices\[0\] = 7 is not in \[0, 2\)/);
    expect(results[2]).toEqual({ status: 'fulfilled', value: [floats([1], [20])] });
  });
});

describe('the devices of a program', () => {
  it('are those of its session', () => {
    expect(program.devices()).toContainEqual(expect.objectContaining({ name: '/job:localhost/replica:0/task:0/device:CPU:0', type: 'CPU' }));
  });
});

describe('dispose', () => {
  it('lets the run in flight end, refuses those that wait, and what comes later', async () => {
    await setW([0, 0]);
    const step = program.compile(move);
    const [first, second] = [step.run({ x: floats([2], [1, 1]) }), step.run({ x: floats([2], [1, 1]) })];
    const refused = expect(second).rejects.toThrow('step move: the program has been disposed of');
    program.dispose();
    program.dispose();
    expect((await first)[0]).toEqual(floats([], [2]));
    await refused;
    await expect(step.run({ x: floats([2], [1, 1]) })).rejects.toThrow('disposed');
    await expect(program.read(['w'])).rejects.toThrow('disposed');
    expect(() => program.compile(move)).toThrow('disposed');
  });

  it('of a step frees what is its own, and leaves the program', async () => {
    await setW([1, 2]);
    const before = runtime.live.snapshot();
    const step = program.compile(move);
    const inFlight = step.run({ x: floats([2], [1, 1]) });
    step.dispose();
    await inFlight;
    expect(runtime.live.snapshot()).toEqual(before);
    expect(await w()).toEqual([2, 3]);
  });
});

describe('memory', () => {
  it('stays flat over thousands of runs', async () => {
    const size = 100_000;
    const big = runtime.createProgram([{ name: 'w', shape: [size], dtype: 'float32' }]);
    await big.write(new Map([['w', ndarray('float32', [size], new Float32Array(size))]]));
    const step = big.compile({
      name: 'train',
      feeds: [{ name: 'x', shape: [size], dtype: 'float32' }],
      build(scope) {
        scope.update({ kind: 'gradient_descent', variable: 'w', gradient: scope.feed('x'), learningRate: tf.scalar(0.5) });
        return [scope.read('w').add(scope.feed('x'))];
      },
    });
    const x = ndarray('float32', [size], new Float32Array(size).fill(1));
    const run = async (times: number) => {
      for (let i = 0; i < times; i++) await step.run({ x });
    };
    await run(500);
    const live = runtime.live.snapshot();
    const before = process.memoryUsage().rss;
    await run(3000); // 1.2 GB each of feeds and fetches
    expect(runtime.live.snapshot()).toEqual(live);
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
    big.dispose();
  });

  it('goes with its program', async () => {
    const size = 1_000_000;
    const cycle = async () => {
      const big = runtime.createProgram([{ name: 'w', shape: [size], dtype: 'float32' }]);
      await big.write(new Map([['w', ndarray('float32', [size], new Float32Array(size).fill(1))]]));
      big.dispose();
    };
    for (let i = 0; i < 20; i++) await cycle();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 100; i++) await cycle(); // 400 MB of variables
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });
});

describe('large tensors', () => {
  const size = 2 ** 18;
  const large = () => runtime.createProgram([{ name: 'large', shape: [size], dtype: 'float32' }, { name: 'again', shape: [size], dtype: 'float32' }]);
  const draw = (kernel: string, seed: tf.Tensor, shape: number[]): tf.Tensor => tf.engine().runKernel(kernel, { seed }, { shape });
  const bytes = ({ data }: NdArray): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

  it('that a step draws and fills once are those that it would draw and fill in each run', async () => {
    const fill = (once: boolean): StepDefinition => ({
      name: 'fill',
      once,
      feeds: [x2],
      build(scope) {
        // The constant [3, 1] is a seed and a shape.
        scope.assign('large', tf.add(draw(kernels.statelessRandomUniform, tf.tensor1d([3, 1], 'int32'), [size]), tf.sum(scope.feed('x'))));
        scope.assign('again', tf.add(tf.fill([size], 2.5), draw(kernels.statelessRandomNormal, tf.tensor1d([3, 1], 'int32'), [3, 1]).sum()));
        return [];
      },
    });
    const drawn = [];
    for (const once of [true, false]) {
      const program = large();
      await program.compile(fill(once)).run({ x: floats([2], [1, 2]) });
      const [first, second] = await program.read(['large', 'again']);
      drawn.push(bytes(first!), bytes(second!));
      program.dispose();
    }
    expect(Buffer.compare(drawn[0]!, drawn[2]!)).toBe(0);
    expect(Buffer.compare(drawn[1]!, drawn[3]!)).toBe(0);
    expect(new Set(new Float32Array(new Uint8Array(drawn[0]!).buffer)).size).toBeGreaterThan(size / 2);
  });

  it('in a fused part, whose ops run one after the other, are what the formula says', async () => {
    const program = large();
    const values = Float32Array.from({ length: size }, (_, index) => index % 8);
    await program.write(new Map([['large', ndarray('float32', [size], values)], ['again', ndarray('float32', [size], values)]]));
    const step = program.compile({
      name: 'update',
      feeds: [x2],
      build(scope) {
        const rates = tf.unstack(scope.feed('x'));
        const [value, slot] = scope.fuse([...rates, scope.read('large'), scope.read('again')], ([first, second, w, a]) => {
          const sum = tf.add(tf.mul(a as tf.Tensor, first as tf.Tensor), tf.square(w as tf.Tensor));
          return [tf.sub(w as tf.Tensor, tf.mul(sum, second as tf.Tensor)), sum];
        }) as [tf.Tensor, tf.Tensor];
        scope.assign('large', value);
        scope.assign('again', slot);
        return [tf.sum(scope.read('large'))];
      },
    });
    expect((await step.run({ x: floats([2], [2, 0.5]) }))[0]!.data[0]).toBe((size / 8) * 28);
    const [value, slot] = await program.read(['large', 'again']);
    expect(Array.from(slot!.data.subarray(0, 8), Number)).toEqual([0, 3, 8, 15, 24, 35, 48, 63]);
    expect(Array.from(value!.data.subarray(size - 8), Number)).toEqual([0, -0.5, -2, -4.5, -8, -12.5, -18, -24.5]);
    program.dispose();
  });
});

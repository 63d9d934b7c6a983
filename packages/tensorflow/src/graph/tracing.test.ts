import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { registerTensorFlowBackend } from '../eager/register-backend.js';
import { findLibrary } from '../library/find-library.js';
import { createTensorFlowRuntime } from '../runtime/tensorflow-runtime.js';
import { Trace } from './trace.js';

const library = findLibrary(process.env);
const runtime = createTensorFlowRuntime({ library });

beforeAll(() => registerTensorFlowBackend({ library }));
afterAll(() => runtime.dispose());

/** Runs `build` as a step without feeds. */
async function traced(build: () => tf.Tensor[]): Promise<{ values: number[][]; nodeCount: number }> {
  const program = runtime.createProgram([]);
  const step = program.compile({ name: 'step', feeds: [], build });
  const answers = await step.run({});
  program.dispose();
  return { values: answers.map(({ data }) => Array.from(data, Number)), nodeCount: step.nodeCount ?? 0 };
}

function eager(build: () => tf.Tensor[]): number[][] {
  const tensors = tf.tidy(build);
  const values = tensors.map((tensor) => Array.from(tensor.dataSync(), Number));
  tf.dispose(tensors);
  return values;
}

const x = () => tf.tensor([0.5, -1, 2, 3.5, -0.25, 1], [2, 3]);
const image = () => tf.sin(tf.range(0, 2 * 6 * 6 * 3)).reshape<tf.Tensor4D>([2, 6, 6, 3]);
const filter = () => tf.cos(tf.range(0, 3 * 3 * 3 * 4)).reshape<tf.Tensor4D>([3, 3, 3, 4]);

const battery: Record<string, () => tf.Tensor[]> = {
  elementwise: () => [x().relu().add(x().sigmoid()).mul(x().tanh()), x().square().sqrt().log1p(), x().clipByValue(-0.5, 1), tf.pow(x().abs(), 1.5)],
  comparisons: () => [x().greater(0), x().less(1).logicalAnd(x().greater(-0.5)), tf.where(x().greater(0), x(), tf.zerosLike(x())), x().notEqual(2).cast('int32')],
  reductions: () => [x().sum(), x().mean(0), x().max(1), x().argMax(1), x().prod(), x().greater(0).any(1), x().greater(-2).all(), tf.moments(x(), 0).variance],
  shapes: () => [x().reshape([3, -1]), x().transpose(), x().expandDims(1), x().slice([0, 1], [2, 2]), x().stridedSlice([0, 0], [2, 3], [1, 2]), x().tile([2, 1]), x().pad([[1, 0], [0, 2]], 7), x().reverse(1)],
  lists: () => [tf.concat([x(), x().neg()], 1), tf.stack([x(), x()], 1), tf.addN([x(), x(), x()]), ...tf.split(x(), 3, 1), ...tf.unstack(x()), tf.einsum('ij,kj->ik', x(), x())],
  products: () => [tf.matMul(x(), x(), false, true), tf.matMul(x().reshape([1, 2, 3]), x().reshape([1, 3, 2])), tf.outerProduct(tf.tensor1d([1, 2]), tf.tensor1d([3, 4]))],
  indices: () => [tf.gather(x(), tf.tensor1d([1, 0, 1], 'int32')), tf.oneHot(tf.tensor1d([2, 0], 'int32'), 3), tf.unsortedSegmentSum(x(), tf.tensor1d([0, 0], 'int32'), 2), tf.topk(x(), 2).values, tf.cumsum(x(), 1)],
  convolutions: () => [tf.conv2d(image(), filter(), 1, 'same'), tf.conv2d(image(), filter(), 2, 'valid'), tf.maxPool(image(), 2, 2, 'valid'), tf.avgPool(image(), 3, 1, 'same'), tf.conv2dTranspose(tf.ones<tf.Rank.R4>([1, 3, 3, 4]), filter(), [1, 6, 6, 3], 2, 'same')],
  normalisation: () => [tf.batchNorm(image(), tf.tensor1d([0, 0.1, 0.2]), tf.tensor1d([1, 2, 3]), tf.tensor1d([0, 0, 1]), tf.tensor1d([1, 1, 2]), 1e-3), tf.softmax(x()), tf.logSoftmax(x()), tf.logSumExp(x(), 1)],
  gradients: () => tf.grads((a, b) => tf.softmax(tf.matMul(a, b, false, true).relu()).log().sum())([x(), x().add(1)]),
  'gradients of convolutions': () => tf.grads((a, b) => tf.maxPool(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'), 2, 2, 'same').square().sum())([image(), filter()]),
};

describe('a traced step', () => {
  it.each(Object.entries(battery))('computes what eager TensorFlow computes: %s', async (_name, build) => {
    const { values } = await traced(build);
    const expected = eager(build);
    expect(values.length).toBe(expected.length);
    values.forEach((value, index) => {
      expect(value.length).toBe(expected[index]!.length);
      // Grappler rewrites the graph: sums may be taken in another order.
      value.forEach((number, at) => expect(Math.abs(number - expected[index]![at]!)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(expected[index]![at]!))));
    });
  });

  it("differentiates convolutions and pools with TensorFlow's own ops", async () => {
    const execute = vi.spyOn(Trace.prototype, 'execute');
    await traced(() =>
      tf.grads((a, b) => tf.avgPool(tf.maxPool(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'), 2, 2, 'same'), 2, 1, 'same').square().sum())([image(), filter()]),
    );
    const types = execute.mock.calls.map(([type]) => type);
    execute.mockRestore();
    for (const type of ['Conv2DBackpropFilter', 'Conv2DBackpropInput', 'MaxPoolGrad', 'AvgPoolGrad']) expect(types).toContain(type);
  });

  it('has equal small constants once', async () => {
    const sum = () => [tf.addN(Array.from({ length: 10 }, () => tf.scalar(2)))];
    const few = await traced(sum);
    expect(few.values).toEqual([[20]]);
    expect(few.nodeCount).toBe(3); // the constant, the sum, the identity that is fetched
    const { values } = await traced(() => [tf.concat([tf.tensor1d([0]), tf.tensor1d([-0])]).reciprocal()]);
    expect(values).toEqual([[Infinity, -Infinity]]);
  });

  it('takes an eager tensor from outside as a constant, and leaves it usable', async () => {
    const outside = tf.tensor1d([1, 2, 3]).mul(2);
    const { values } = await traced(() => [outside.add(1)]);
    expect(values).toEqual([[3, 5, 7]]);
    expect(Array.from(outside.dataSync())).toEqual([2, 4, 6]);
    expect(Array.from(outside.add(1).dataSync())).toEqual([3, 5, 7]);
    outside.dispose();
  });

  it('leaves tfjs as it was: the backend, the tensors', async () => {
    const tensors = tf.memory().numTensors;
    expect(tf.getBackend()).toBe('tensorflow');
    await traced(() => [x().add(1)]);
    expect(tf.getBackend()).toBe('tensorflow');
    const program = runtime.createProgram([]);
    const fail = () =>
      program.compile({
        name: 'bad',
        feeds: [],
        build: () => {
          x().add(1);
          throw new Error('thrown by build');
        },
      });
    expect(fail).toThrow('thrown by build');
    expect(tf.getBackend()).toBe('tensorflow');
    expect(tf.memory().numTensors).toBe(tensors);
    program.dispose();
  });

  it('says what cannot be traced', () => {
    const program = runtime.createProgram([{ name: 'v', shape: [2], dtype: 'float32' }]);
    const compile = (build: Parameters<typeof program.compile>[0]['build']) => () => program.compile({ name: 'bad', feeds: [], build });
    expect(compile((scope) => [tf.scalar(scope.read('v').add(1).dataSync()[0]!)])).toThrow(
      'the values of an output of Add, of shape [2], were read while the step was traced',
    );
    expect(compile(() => [tf.tensor(['text']).reshape([1, 1])])).toThrow('cannot hold a tensor of dtype');
    expect(compile(() => [program.compile({ name: 'inner', feeds: [], build: () => [] }) as never])).toThrow('being traced already');
    let stolen: tf.Tensor | undefined;
    compile((scope) => {
      stolen = tf.keep(scope.read('v').add(1));
      return [stolen];
    })();
    expect(compile(() => [stolen!.add(1)])).toThrow('a step used a tensor of another step');
    expect(() => stolen!.dataSync()).toThrow('a step used a tensor of another step');
    stolen?.dispose();
    expect(compile((scope) => [whereOf(scope.read('v').greater(0))])).toThrow(
      'the shape of its output, [?, 1], depends on values',
    );
    program.dispose();
  });

  it("reports TensorFlow's own message about an op, with its name", () => {
    const program = runtime.createProgram([]);
    const run = () =>
      program.compile({
        name: 'bad',
        feeds: [],
        // tfjs checks shapes itself; the kernel is called past those checks.
        build: () => [tf.engine().runKernel<tf.Tensor>('Add', { a: tf.ones([2]), b: tf.ones([3]) })],
      });
    expect(run).toThrow(/steps\/bad\/Add \(Add\): Dimensions must be equal, but are 2 and 3/);
    program.dispose();
  });
});

/** Indices of what is true: as many as there are, which no trace knows. */
function whereOf(condition: tf.Tensor): tf.Tensor {
  return (tf.backend() as unknown as { where(condition: tf.Tensor): tf.Tensor }).where(condition);
}

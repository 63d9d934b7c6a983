import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { findLibrary } from '../library/find-library.js';
import { TensorFlowError } from '../library/tensorflow-error.js';
import { loadTensorFlow } from '../library/tensorflow.js';
import { TfDType } from '../tensors/dtypes.js';
import { TfAttrType } from './binding-constants.js';
import { EagerBinding } from './eager-binding.js';
import { registerTensorFlowBackend } from './register-backend.js';

const library = findLibrary(process.env);
const tensorflow = loadTensorFlow(library);
const FLOAT = { name: 'T', type: TfAttrType.TYPE, value: TfDType.FLOAT };

describe('EagerBinding', () => {
  const idle = tensorflow.live.snapshot();
  let binding: EagerBinding;
  beforeEach(() => {
    binding = new EagerBinding(tensorflow);
  });
  afterEach(() => {
    binding.dispose();
    expect(tensorflow.live.snapshot()).toEqual(idle);
  });

  it('takes nothing before the first tensor', () => {
    expect(binding.isUsingGpuDevice()).toBe(false);
    expect(tensorflow.live.count('context')).toBe(idle.context);
  });

  it.each([
    ['float32', [2, 2], Float32Array.of(1, -2, 0.5, NaN)],
    ['int32', [3], Int32Array.of(-1, 0, 2 ** 31 - 1)],
    ['bool', [2], Uint8Array.of(1, 0)],
    ['complex64', [2], Float32Array.of(1, 2, 3, 4)],
    ['float32', [0, 3], new Float32Array()],
    ['float32', [], Float32Array.of(7)],
  ])('reads %s of shape %s back as it was written', (dtype, shape, values) => {
    const id = binding.createTensor(shape, dtype, values);
    expect(binding.tensorDataSync(id)).toEqual(values);
  });

  it('copies: neither side sees what the other does to its values later', () => {
    const values = Float32Array.of(1, 2);
    const id = binding.createTensor([2], 'float32', values);
    values[0] = 9;
    const read = binding.tensorDataSync(id) as Float32Array;
    expect(read).toEqual(Float32Array.of(1, 2));
    read[1] = 9;
    expect(binding.tensorDataSync(id)).toEqual(Float32Array.of(1, 2));
  });

  it('holds strings of any length, which outlive the tensor that they came from', () => {
    const long = 'x'.repeat(5000);
    const id = binding.createTensor([3], 'string', ['', 'kurz', long].map((text) => new TextEncoder().encode(text)));
    const [copy] = binding.executeOp('Identity', [{ name: 'T', type: TfAttrType.TYPE, value: TfDType.STRING }], [id], 1);
    binding.deleteTensor(id);
    const strings = binding.tensorDataSync(copy!.id) as Uint8Array[];
    expect(strings.map((bytes) => new TextDecoder().decode(bytes))).toEqual(['', 'kurz', long]);
  });

  it('frees long strings with their tensor', () => {
    const strings = Array.from({ length: 100 }, () => new Uint8Array(100_000));
    const cycle = () => binding.deleteTensor(binding.createTensor([100], 'string', strings));
    for (let i = 0; i < 20; i++) cycle();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 100; i++) cycle(); // a gigabyte, if it leaked
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });

  it('executes ops and tells the shape and dtype of their outputs', () => {
    const a = binding.createTensor([2, 3], 'float32', Float32Array.of(1, 2, 3, 4, 5, 6));
    const b = binding.createTensor([3, 1], 'float32', Float32Array.of(1, 0, -1));
    const attributes = [FLOAT, { name: 'transpose_a', type: TfAttrType.BOOL, value: false }, { name: 'transpose_b', type: TfAttrType.BOOL, value: false }];
    const [product] = binding.executeOp('MatMul', attributes, [a, b], 1);
    expect(product).toMatchObject({ shape: [2, 1], dtype: TfDType.FLOAT });
    expect(binding.tensorDataSync(product!.id)).toEqual(Float32Array.of(-2, -2));
  });

  it("passes TensorFlow's own message on, and goes on after it", () => {
    const a = binding.createTensor([2], 'float32', Float32Array.of(1, 2));
    const b = binding.createTensor([3], 'float32', Float32Array.of(1, 2, 3));
    const add = () => binding.executeOp('AddV2', [FLOAT], [a, b], 1);
    expect(add).toThrow(TensorFlowError);
    expect(add).toThrow(/^AddV2: .*Incompatible shapes: \[2\] vs\. \[3\]/);
    expect(() => binding.executeOp('NoSuchOp', [], [], 1)).toThrow('NoSuchOp');
    const [sum] = binding.executeOp('AddV2', [FLOAT], [a, a], 1);
    expect(binding.tensorDataSync(sum!.id)).toEqual(Float32Array.of(2, 4));
  });

  it('refuses what cannot be a tensor, an attribute or an id', () => {
    expect(() => binding.createTensor([3], 'float32', Float32Array.of(1))).toThrow('a tensor of shape [3] holds 3 numbers, received 1');
    expect(() => binding.createTensor([2], 'string', [new Uint8Array()])).toThrow('holds 2 strings, received 1');
    expect(() => binding.createTensor([1], 'float16', [1])).toThrow("expected one of tfjs's dtypes");
    const id = binding.createTensor([1], 'float32', [1]);
    expect(() => binding.executeOp('Cast', [{ name: 'DstT', type: TfAttrType.TYPE, value: 'float32' }], [id], 1)).toThrow(
      'Cast: expected a number as the attribute DstT, received "float32"',
    );
    binding.deleteTensor(id);
    expect(() => binding.deleteTensor(id)).toThrow(`there is no tensor ${id}`);
    expect(() => binding.tensorDataSync(id)).toThrow('disposed');
  });
});

describe("tfjs's backend `tensorflow`", () => {
  it('computes, and releases what tfjs disposes of', async () => {
    await registerTensorFlowBackend({ library });
    expect(tf.getBackend()).toBe('tensorflow');
    const before = tensorflow.live.count('tensorHandle');
    const result = tf.tidy(() => tf.matMul(tf.ones([3, 4]), tf.fill([4, 2], 0.5)).sum().arraySync());
    expect(result).toBe(12);
    expect(tensorflow.live.count('tensorHandle')).toBe(before);
  });
});

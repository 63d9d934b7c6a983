import { type Json, parseModel } from '@trainyard/keras-format';
import { describe, expect, it } from 'vitest';

import { compileModel } from '../compile/compile-model.js';
import { buildModel } from '../model/build-model.js';
import type { Model } from '../model/model.js';
import { weightRefs } from '../model/weight-ref.js';
import { tensorflow } from '../testing/tensorflow.js';
import { ModelProgram } from '../training/model-program.js';
import { Trainer } from '../training/trainer.js';

const input = (name: string, steps: number, dtype = 'float32'): Json => ({
  class_name: 'InputLayer',
  name,
  config: { name, batch_input_shape: dtype === 'int32' ? [null, steps] : [null, steps, 4], dtype },
  inbound_nodes: [],
});
const node = (className: string, name: string, config: Record<string, Json>, ...calls: Json[]): Json => ({ class_name: className, name, config: { name, ...config }, inbound_nodes: calls });
const build = (layers: Json[], inputs: string[], outputs: Json[]): Model =>
  buildModel(parseModel({ class_name: 'Functional', keras_version: '2.21.0', config: { name: 'm', layers, input_layers: inputs.map((name) => [name, 0, 0]), output_layers: outputs } }));

/** As tf-keras writes it: the query is the call's tensor, value and key are keyword arguments. */
const shared = (): Model =>
  build(
    [input('q', 2), input('v', 3), node('MultiHeadAttention', 'mha', { num_heads: 2, key_dim: 3 }, [['q', 0, 0, { value: ['v', 0, 0] }]], [['q', 0, 0, { value: ['v', 0, 0], key: ['v', 0, 0], use_causal_mask: true }]])],
    ['q', 'v'],
    [['mha', 0, 0], ['mha', 1, 0]],
  );

describe('MultiHeadAttention', () => {
  it("has tf-keras's weights, in its order and shapes", () => {
    expect(weightRefs(shared()).map(({ kerasName, spec }) => [kerasName, ...spec.shape])).toEqual([
      ['mha/query/kernel:0', 4, 2, 3],
      ['mha/query/bias:0', 2, 3],
      ['mha/key/kernel:0', 4, 2, 3],
      ['mha/key/bias:0', 2, 3],
      ['mha/value/kernel:0', 4, 2, 3],
      ['mha/value/bias:0', 2, 3],
      ['mha/attention_output/kernel:0', 2, 3, 4],
      ['mha/attention_output/bias:0', 4],
    ]);
  });

  it('reads the arguments of each call: with a causal mask, the first query sees the first value alone', async () => {
    const program = new ModelProgram(shared(), tensorflow());
    await program.initialize(1);
    const array = (shape: number[], scale: number): { dtype: 'float32'; shape: number[]; data: Float32Array } => ({ dtype: 'float32', shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => scale * Math.sin(i)) });
    const first = async (v: Float32Array): Promise<number[][]> => (await program.predict([array([1, 2, 4], 1), { ...array([1, 3, 4], 1), data: v }])).map(({ data }) => [...(data as Float32Array).subarray(0, 4)]);
    const v = array([1, 3, 4], 1).data;
    const changed = v.slice();
    changed[5] = 9;
    const [[free, causal], [freeChanged, causalChanged]] = [await first(v), await first(changed)];
    expect(causalChanged).toEqual(causal);
    expect(freeChanged).not.toEqual(free);
    program.dispose();
  });

  it("hands on the query's mask, not the value's", () => {
    const embedded = [input('x', 3, 'int32'), node('Embedding', 'e', { input_dim: 5, output_dim: 4, mask_zero: true }, [['x', 0, 0, {}]]), input('y', 2)];
    const attention = (query: string, value: string): Json => node('MultiHeadAttention', 'a', { num_heads: 1, key_dim: 2 }, [[query, 0, 0, { value: [value, 0, 0] }]]);
    const flat = node('Flatten', 'f', {}, [['a', 0, 0, {}]]);
    expect(() => build([...embedded, attention('y', 'e'), flat], ['x', 'y'], [['f', 0, 0]])).not.toThrow();
    expect(() => build([...embedded, attention('e', 'y'), flat], ['x', 'y'], [['f', 0, 0]])).toThrow('layer "f" (Flatten) does not support masking');
  });

  it('drops attention in training, another way at each step', async () => {
    const layers = [input('q', 3), node('MultiHeadAttention', 'a', { num_heads: 2, key_dim: 2, dropout: 0.5 }, [['q', 0, 0, { value: ['q', 0, 0] }]])];
    const trainer = new Trainer(compileModel(build(layers, ['q'], [['a', 0, 0]]), { optimizer: { class_name: 'SGD', config: { lr: 0 } }, loss: 'mse' }), tensorflow(), 3);
    await trainer.initialize();
    const array = { dtype: 'float32' as const, shape: [2, 3, 4], data: Float32Array.from({ length: 24 }, (_, i) => Math.cos(i)) };
    const batch = trainer.standardize({ x: [array], y: [array] });
    const [one, two, dry] = [await trainer.trainBatch(batch), await trainer.trainBatch(batch), await trainer.evaluateBatch(batch)];
    expect(one[0]).not.toBe(two[0]);
    expect(dry[0]).not.toBe(two[0]);
    trainer.dispose();
  });

  it('refuses arguments of a call that would mean something else, by place', () => {
    const call = (kwargs: Record<string, Json>): Model => build([input('q', 3), node('MultiHeadAttention', 'a', { num_heads: 2, key_dim: 2 }, [['q', 0, 0, { value: ['q', 0, 0], ...kwargs }]])], ['q'], [['a', 0, 0]]);
    expect(() => call({ return_attention_scores: false, training: null })).not.toThrow();
    expect(() => call({ return_attention_scores: true })).toThrow('/config/layers/1/inbound_nodes/0/return_attention_scores: expected null or false for the argument "return_attention_scores" in a call of MultiHeadAttention, received true');
    const dropout = node('Dropout', 'a', { rate: 0.5 }, [['q', 0, 0, { training: true }]]);
    expect(() => build([input('q', 3), dropout], ['q'], [['a', 0, 0]])).toThrow('/inbound_nodes/0/training: expected null or false for the argument "training" in a call of Dropout, received true');
  });
});

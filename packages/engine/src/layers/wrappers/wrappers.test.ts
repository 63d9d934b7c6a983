import type { JsonObject } from '@trainyard/keras-format';
import { parseModel } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { compileModel } from '../../compile/compile-model.js';
import { buildModel } from '../../model/build-model.js';
import { inputRanges } from '../../model/input-range.js';
import type { Model } from '../../model/model.js';
import { summaryText } from '../../model/summary.js';
import { countParams, weightRefs } from '../../model/weight-ref.js';
import { fromWeightsFile, toLayerWeights } from '../../saving/weights.js';
import { tensorflow } from '../../testing/tensorflow.js';
import { Trainer } from '../../training/trainer.js';

const layer = (class_name: string, config: JsonObject): JsonObject => ({ class_name, config });
const dense = (name: string, config: JsonObject = {}): JsonObject => layer('Dense', { name, units: 2, ...config });
const recurrent = (name: string, config: JsonObject = {}): JsonObject => layer('LSTM', { name, units: 2, ...config });
const distributed = (name: string, inner: JsonObject, config: JsonObject = {}): JsonObject => layer('TimeDistributed', { name, layer: inner, ...config });
const bidirectional = (name: string, inner: JsonObject, config: JsonObject = {}): JsonObject => layer('Bidirectional', { name, layer: inner, ...config });
const nested = (name: string, ...layers: JsonObject[]): JsonObject => ({ class_name: 'Sequential', config: { name, layers } });

function sequential(kerasVersion: string, ...layers: JsonObject[]): Model {
  return buildModel(parseModel({ class_name: 'Sequential', keras_version: kerasVersion, config: layers }));
}

const input = (...shape: number[]): JsonObject => ({ batch_input_shape: [null, ...shape] });
const names = (model: Model): string[] => weightRefs(model).map(({ kerasName }) => kerasName);

/** The loss on zeros for targets that are what the model predicts: penalties alone. */
async function penalty(model: Model, shape: number[], weight = 1): Promise<{ loss: number; outputs: number }> {
  const trainer = new Trainer(compileModel(model, { optimizer: 'sgd', loss: model.outputs.map(() => 'mse') }), tensorflow(), 1);
  await trainer.program.load(weightRefs(model).map(({ spec }): NdArray => ({ dtype: 'float32', shape: [...spec.shape], data: new Float32Array(spec.shape.reduce((a, b) => a * b, 1)).fill(weight) })));
  const x: NdArray = { dtype: 'float32', shape: [1, ...shape], data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5) };
  const predicted = await trainer.program.predict([x]);
  const [loss] = await trainer.evaluateBatch(trainer.standardize({ x: [x], y: predicted }));
  trainer.dispose();
  return { loss: loss as number, outputs: predicted.flatMap(({ data }) => Array.from(data, Number)).reduce((sum, value) => sum + Math.abs(value), 0) };
}

const L1 = { class_name: 'L1L2', config: { l1: 1, l2: 0 } };

describe("weights inside wrappers have Keras 2.0.8's names and order", () => {
  it.each([
    [distributed('time_distributed_1', dense('dense_1'), input(3, 4)), ['time_distributed_1/kernel:0', 'time_distributed_1/bias:0']],
    [distributed('time_distributed_5', distributed('time_distributed_4', dense('dense_1')), input(2, 3, 4)), ['time_distributed_5/kernel:0', 'time_distributed_5/bias:0']],
    [distributed('time_distributed_6', nested('sequential_1', dense('dense_5', input(4))), input(3, 4)), ['dense_5/kernel:0', 'dense_5/bias:0']],
    [
      bidirectional('bidirectional_1', recurrent('lstm_3', { use_bias: false }), input(3, 4)),
      ['forward', 'backward'].flatMap((way) => [`bidirectional_1/${way}_lstm_3/kernel:0`, `bidirectional_1/${way}_lstm_3/recurrent_kernel:0`]),
    ],
    [
      distributed('time_distributed_3', bidirectional('bidirectional_3', recurrent('lstm_5', { use_bias: false })), input(2, 3, 4)),
      ['forward', 'backward'].flatMap((way) => [`time_distributed_3/${way}_lstm_5/kernel:0`, `time_distributed_3/${way}_lstm_5/recurrent_kernel:0`]),
    ],
  ])('%j', (wrapper, expected) => expect(names(sequential('2.0.8', wrapper))).toEqual(expected));

  it('in files those that are not trained come last', () => {
    const model = sequential('2.0.8', distributed('t', layer('BatchNormalization', { name: 'b' }), input(3, 4)));
    const zeros = weightRefs(model).map(({ spec }): NdArray => ({ dtype: 'float32', shape: [...spec.shape], data: new Float32Array(4) }));
    expect(toLayerWeights(model, zeros)[0]?.weights.map(({ name }) => name)).toEqual(['t/gamma:0', 't/beta:0', 't/moving_mean:0', 't/moving_variance:0']);
  });
});

describe('a wrapper is frozen by what is inside', () => {
  it('not by itself', () => {
    expect(countParams(sequential('2.0.8', distributed('t', dense('d'), { ...input(3, 4), trainable: false }))).trainable).toBe(10);
    expect(countParams(sequential('2.0.8', distributed('t', dense('d', { trainable: false }), input(3, 4)))).trainable).toBe(0);
  });

  it('and by a model around it', () => {
    const inner = nested('inner', bidirectional('b', recurrent('l'), input(3, 4)));
    const frozen = { ...inner, config: { ...(inner['config'] as JsonObject), trainable: false } };
    expect(countParams(sequential('2.0.8', inner)).trainable).toBe(112);
    expect(countParams(sequential('2.0.8', frozen))).toEqual({ total: 112, trainable: 0 });
  });
});

describe('weights load', () => {
  const model = sequential('2.0.8', bidirectional('b', recurrent('l'), input(3, 4)), dense('d'));
  const values = weightRefs(model).map(({ spec }, i): NdArray => ({ dtype: 'float32', shape: [...spec.shape], data: new Float32Array(spec.shape.reduce((a, b) => a * b, 1)).fill(i) }));
  const file = { layers: toLayerWeights(model, values) };

  it('by position, whatever the names', () => {
    const other = sequential('2.0.8', bidirectional('x', recurrent('y'), input(3, 4)), dense('z'));
    const loaded = fromWeightsFile(other, file);
    expect(weightRefs(other).map(({ variable }) => loaded.get(variable)?.data[0])).toEqual(values.map((_, i) => i));
  });

  it('by the name of the wrapper', () => {
    const other = sequential('2.0.8', bidirectional('b', recurrent('y'), input(3, 4)), dense('z'));
    const loaded = fromWeightsFile(other, file, { byName: true });
    expect([...loaded.keys()]).toEqual(weightRefs(other).slice(0, 6).map(({ variable }) => variable));
  });
});

describe('penalties', () => {
  it.each([
    ['of the activity of a layer in TimeDistributed count once', distributed('t', dense('d', { activity_regularizer: L1 }), input(3, 4))],
    ['of the activity of a Bidirectional in TimeDistributed, too', distributed('t', bidirectional('b', recurrent('l', { activity_regularizer: L1 })), input(2, 3, 4))],
    ['of activity in Bidirectional count what is merged', bidirectional('b', recurrent('l', { activity_regularizer: L1 }), { ...input(3, 4), merge_mode: 'mul' })],
    ['of the activity of a recurrent layer count its output', recurrent('l', { ...input(3, 4), activity_regularizer: L1 })],
  ])('%s', async (_, wrapper) => {
    const model = sequential('2.0.8', wrapper);
    const { loss, outputs } = await penalty(model, model.inputs[0]?.shape.slice(1) as number[]);
    expect(loss).toBeCloseTo(outputs, 4);
  });

  it('of activity within a model in TimeDistributed do not count, as in Keras 2.0', async () => {
    const model = sequential('2.0.8', distributed('t', nested('m', dense('d', { ...input(4), activity_regularizer: L1, kernel_regularizer: L1 })), input(3, 4)));
    expect((await penalty(model, [3, 4])).loss).toBeCloseTo(8, 4);
  });

  it("of a Bidirectional's weights count the forward layer's in Keras 2.0, both in tf-keras", async () => {
    const wrapper = bidirectional('b', recurrent('l', { kernel_regularizer: L1 }), input(3, 4));
    expect((await penalty(sequential('2.0.8', wrapper), [3, 4])).loss).toBeCloseTo(32, 4);
    expect((await penalty(sequential('2.2.4-tf', wrapper), [3, 4])).loss).toBeCloseTo(64, 4);
  });
});

it('values that an Embedding inside TimeDistributed looks up are checked', () => {
  const embedding = layer('Embedding', { name: 'e', input_dim: 5, output_dim: 2 });
  expect(inputRanges(sequential('2.0.8', distributed('t', embedding, input(3, 4))))).toEqual([{ input: 0, limit: 5, layer: 'e' }]);
});

it('outputs of both directions, unmerged, are outputs of the model', () => {
  const inputLayer = { class_name: 'InputLayer', name: 'i', config: { name: 'i', ...input(3, 4) }, inbound_nodes: [] };
  const both = { ...bidirectional('b', recurrent('l', { return_sequences: true }), { merge_mode: null }), name: 'b', inbound_nodes: [[['i', 0, 0, {}]]] };
  const config = { name: 'm', layers: [inputLayer, both], input_layers: [['i', 0, 0]], output_layers: [['b', 0, 0], ['b', 0, 1]] };
  const model = buildModel(parseModel({ class_name: 'Model', keras_version: '2.0.8', config }));
  expect(model.outputs.map(({ shape }) => shape)).toEqual([[null, 3, 2], [null, 3, 2]]);
});

it('a summary counts the weights inside', () => {
  const text = summaryText(sequential('2.0.8', bidirectional('bidirectional_8', recurrent('lstm_6'), input(4, 5))));
  expect(text).toContain('bidirectional_8 (Bidirection (None, 4)                 128       \n');
});

import { ndarray, type NdArray } from '@trainyard/ndarray';
import { describe, expect, test } from 'vitest';
import type { Json } from '../json.js';
import { parseModel } from '../model/parse-model.js';
import type { LayerDescription } from '../model/model-description.js';
import { toKeras2Trainable, toKeras2Weights } from './keras1-weights.js';
import type { NamedArray } from './weights-file.js';

const KERAS1 = { kerasVersion: '1', backend: 'tensorflow' };
const layer = (className: string, config: Record<string, Json> = {}): LayerDescription => parseModel({ class_name: 'Sequential', keras_version: '2.0.8', config: [{ class_name: className, config: { name: 'l', ...config } }] }).layers[0]!;
/** An array that counts from `start`. */
const counting = (shape: number[], start = 0): NdArray => ndarray('float32', shape, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => start + i));
const named = (...arrays: NdArray[]): NamedArray[] => arrays.map((array, i) => ({ name: `w${i}`, array }));
const shapes = (weights: readonly NamedArray[]): (readonly number[])[] => weights.map(({ array }) => array.shape);
const values = (weights: readonly NamedArray[]): number[][] => weights.map(({ array }) => [...array.data].map(Number));
/** Where element `at` of an array of this shape is, in C order. */
const offset = (shape: readonly number[], at: readonly number[]): number => shape.reduce((sum, length, axis) => sum * length + (at[axis] ?? 0), 0);

/** W [2, 1], U [1, 1] and b [1] of one gate, all with the gate's number. */
const gate = (n: number): NdArray[] => [ndarray('float32', [2, 1], Float32Array.of(n, n + 0.5)), ndarray('float32', [1, 1], Float32Array.of(n)), ndarray('float32', [1], Float32Array.of(n))];

test('LSTM: gates i, c, f, o become i, f, c, o', () => {
  const converted = toKeras2Weights(layer('LSTM'), named(...[0, 1, 2, 3].flatMap(gate)), KERAS1);
  expect(shapes(converted)).toEqual([[2, 4], [1, 4], [4]]);
  expect(values(converted)).toEqual([[0, 2, 1, 3, 0.5, 2.5, 1.5, 3.5], [0, 2, 1, 3], [0, 2, 1, 3]]);
});

test('GRU: gates z, r, h stay in their order; joined ones (consume_less "gpu") stay as they are', () => {
  expect(values(toKeras2Weights(layer('GRU'), named(...[0, 1, 2].flatMap(gate)), KERAS1))).toEqual([[0, 1, 2, 0.5, 1.5, 2.5], [0, 1, 2], [0, 1, 2]]);
  const joined = named(counting([2, 3]), counting([1, 3]), counting([3]));
  expect(toKeras2Weights(layer('GRU', { implementation: 2 }), joined, KERAS1)).toEqual(joined);
});

test.each<[string, Record<string, Json>, number[], number[], (at: number[]) => number[]]>([
  ['Conv2D', { data_format: 'channels_first' }, [5, 4, 2, 3], [2, 3, 4, 5], ([r = 0, c = 0, i = 0, o = 0]) => [o, i, r, c]],
  ['Conv2D', { data_format: 'channels_last' }, [2, 3, 4, 5], [2, 3, 4, 5], (at) => at],
  ['Conv3D', { data_format: 'channels_first' }, [5, 4, 2, 3, 6], [2, 3, 6, 4, 5], ([a = 0, b = 0, c = 0, i = 0, o = 0]) => [o, i, a, b, c]],
  ['Conv2DTranspose', { data_format: 'channels_last' }, [2, 3, 4, 5], [2, 3, 5, 4], ([r = 0, c = 0, o = 0, i = 0]) => [r, c, i, o]],
  ['Conv2DTranspose', { data_format: 'channels_first' }, [5, 4, 2, 3], [2, 3, 5, 4], ([r = 0, c = 0, o = 0, i = 0]) => [o, i, r, c]],
  ['Conv1D', { filters: 5 }, [3, 1, 4, 5], [3, 4, 5], ([t = 0, i = 0, o = 0]) => [t, 0, i, o]],
  ['Conv1D', { filters: 5 }, [5, 4, 3, 1], [3, 4, 5], ([t = 0, i = 0, o = 0]) => [o, i, t, 0]],
  ['Dense', {}, [2, 3], [2, 3], (at) => at],
])('%s %j: a kernel %j becomes %j', (className, config, from, to, source) => {
  const [kernel, bias] = toKeras2Weights(layer(className, config), named(counting(from), counting([5], 100)), KERAS1);
  expect(kernel!.array.shape).toEqual(to);
  const last = to.map((length) => length - 1);
  for (const at of [to.map(() => 0), last, to.map((length, axis) => (axis % 2 ? length - 1 : 0)), to.map((length, axis) => (axis % 2 ? 0 : length - 1))])
    expect(kernel!.array.data[offset(to, at)], String(at)).toBe(offset(from, source(at)));
  expect(bias!.array).toEqual(counting([5], 100));
});

test('SeparableConv2D and ConvLSTM2D in Theano\'s order', () => {
  const separable = named(counting([2, 3, 4, 5]), counting([6, 6, 1, 1]), counting([6]));
  expect(shapes(toKeras2Weights(layer('SeparableConv2D', { data_format: 'channels_first' }), separable, KERAS1))).toEqual([[4, 5, 3, 2], [1, 1, 6, 6], [6]]);
  const gates = [0, 1, 2, 3].flatMap((n) => [counting([2, 3, 4, 5], n), counting([2, 2, 4, 5], n), counting([2], n)]);
  expect(shapes(toKeras2Weights(layer('ConvLSTM2D', { data_format: 'channels_first' }), named(...gates), KERAS1))).toEqual([[4, 5, 3, 8], [4, 5, 2, 8], [8]]);
});

describe('inside other layers', () => {
  const lstm = { class_name: 'LSTM', config: { name: 'r', units: 1 } };
  test('Bidirectional: each half by itself', () => {
    const converted = toKeras2Weights(layer('Bidirectional', { layer: lstm }), named(...[0, 1, 2, 3, 10, 11, 12, 13].flatMap(gate)), KERAS1);
    expect(values(converted).filter((_, i) => i % 3 === 2)).toEqual([[0, 2, 1, 3], [10, 12, 11, 13]]);
  });
  test('TimeDistributed', () => {
    const inner = { class_name: 'Conv1D', config: { name: 'c', filters: 5 } };
    expect(shapes(toKeras2Weights(layer('TimeDistributed', { layer: inner }), named(counting([3, 1, 4, 5]), counting([5])), KERAS1))).toEqual([[3, 4, 5], [5]]);
  });
  test('a nested model: what is trained first, layer by layer, then what is not', () => {
    const nested = parseModel({
      class_name: 'Sequential',
      keras_version: '2.0.8',
      config: [{ class_name: 'Sequential', config: [{ class_name: 'Conv1D', config: { name: 'frozen', filters: 5, trainable: false } }, { class_name: 'BatchNormalization', config: { name: 'b' } }, lstm] }],
    }).layers[0]!;
    const batch = (n: number): NdArray => counting([5], n);
    const file = named(batch(1), batch(2), ...[0, 1, 2, 3].flatMap(gate), counting([3, 1, 4, 5]), counting([5]), batch(3), batch(4));
    expect(shapes(toKeras2Weights(nested, file, KERAS1))).toEqual([[5], [5], [2, 4], [1, 4], [4], [3, 4, 5], [5], [5], [5]]);
  });
});

test('what has not the form of Keras 1 stays as it is, to be named where shapes are compared', () => {
  const uneven = [...[0, 1, 2].flatMap(gate), counting([7, 7]), counting([1, 1]), counting([1])];
  expect(toKeras2Weights(layer('LSTM'), named(...uneven), KERAS1)).toHaveLength(12);
  expect(shapes(toKeras2Weights(layer('Conv1D', { filters: 5 }), named(counting([3])), KERAS1))).toEqual([[3]]);
  expect(toKeras2Weights(layer('LSTM'), [], KERAS1)).toEqual([]);
});

test('files of Keras 2 stay as they are; those of a Theano backend have their kernels reversed', () => {
  const weights = named(counting([2, 3, 1, 2]), counting([2]));
  expect(toKeras2Weights(layer('Conv2D'), weights, { kerasVersion: '2.0.8', backend: 'tensorflow' })).toEqual(weights);
  const [kernel, bias] = toKeras2Weights(layer('Conv2D'), weights, { kerasVersion: '2.0.8', backend: 'theano' });
  expect([...kernel!.array.data]).toEqual([10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1]);
  expect(bias).toEqual(weights[1]);
  expect(toKeras2Weights(layer('Dense'), named(counting([2, 2])), { kerasVersion: '2.0.8', backend: 'theano' })).toEqual(named(counting([2, 2])));
});

describe("an optimizer's state", () => {
  const model = parseModel({ class_name: 'Sequential', keras_version: '2.0.8', config: [{ class_name: 'GRU', config: { name: 'r', units: 1 } }, { class_name: 'BatchNormalization', config: { name: 'b' } }] });
  const inFile = ['W_z', 'U_z', 'b_z', 'W_r', 'U_r', 'b_r', 'W_h', 'U_h', 'b_h'].map((name) => `r_${name}:0`);
  const ofBatch = ['b_gamma:0', 'b_beta:0', 'b_running_mean:0', 'b_running_std:0'];
  const weights = (names: string[]): NamedArray[] => names.map((name) => ({ name, array: counting([1]) }));
  const file = (suffix = ''): Parameters<typeof toKeras2Trainable>[2] => ({ ...KERAS1, layers: [{ layer: 'r', weights: weights(inFile.map((name) => name + suffix)) }, { layer: 'b', weights: weights(ofBatch) }] });
  /** As Keras 1 orders them: by name. Each has the place of its weight in the file as its value. */
  const state = [...inFile, ...ofBatch.slice(0, 2)].map((name, i) => ({ name, array: ndarray('float32', [1], Float32Array.of(i)) })).sort((a, b) => (a.name < b.name ? -1 : 1));
  test('is ordered by the names of the weights, without those that training does not move', () => {
    expect(values(toKeras2Trainable(model, state, file())!)).toEqual([[0, 3, 6], [1, 4, 7], [2, 5, 8], [9], [10]]);
  });
  test('that does not correspond to the weights', () => {
    expect(toKeras2Trainable(model, state.slice(1), file())).toBeUndefined();
    expect(toKeras2Trainable(model, state, file('_of_theano'))).toBeUndefined();
  });
});

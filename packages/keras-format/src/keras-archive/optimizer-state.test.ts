import { expect, test } from 'vitest';
import type { NdArray } from '@trainyard/ndarray';
import type { JsonObject } from '../json.js';
import { readOptimizerState } from './optimizer-state.js';

// Which Keras wrote an optimizer's weights shows in their names and in the config; what they hold is told by order and shape.

const array = (shape: number[], value = 0): NdArray => ({ dtype: 'float32', shape, data: new Float32Array(shape.reduce((size, length) => size * length, 1)).fill(value) });
/** Three weights; of slot `s` (from 1) the i-th one's holds `10·s + i`. */
const shapes = [[4], [4], [1]];
const slot = (s: number, i: number): NdArray => array(shapes[i]!, 10 * s + i);
const bySlot = [1, 2].flatMap((s) => [0, 1, 2].map((i) => slot(s, i)));
const byWeight = [0, 1, 2].flatMap((i) => [1, 2].map((s) => slot(s, i)));
const zeros = shapes.map(() => array([1]));

const read = (className: string, first: string, slots: readonly NdArray[], config: JsonObject) =>
  readOptimizerState({
    optimizerWeights: [{ name: first, array: { dtype: 'int64', shape: [], data: BigInt64Array.of(7n) } }, ...slots.map((each, i) => ({ name: `slot_${i}:0`, array: each }))],
    trainingConfig: { optimizer_config: { class_name: className, config }, loss: 'mse', metrics: [], sample_weight_mode: null, loss_weights: null },
  });

test.each<[string, string, string, NdArray[], JsonObject]>([
  ['Keras 2.0', 'Adam', 'Adam/iterations:0', bySlot, { lr: 0.1 }],
  ['Keras 2.2, with zeros in place of amsgrad', 'Adam', 'Adam/iterations:0', [...bySlot, ...zeros], { lr: 0.1, amsgrad: false }],
  ['Keras 2.3', 'Adam', 'Adam/iterations:0', [...bySlot, ...zeros], { learning_rate: 0.1, amsgrad: false }],
  ["tf-keras's legacy one", 'Adam', 'Adam/iter:0', bySlot, { learning_rate: 0.1, amsgrad: false }],
  ["tf-keras's legacy Nadam, with its product of momenta", 'Nadam', 'Nadam/iter:0', [array([], 0.5), ...bySlot], { learning_rate: 0.1 }],
  ['tf-keras', 'Adam', 'iteration:0', byWeight, { learning_rate: 0.1, amsgrad: false }],
  ['Keras 3', 'Adam', 'adam/iteration', byWeight, { learning_rate: 0.1, amsgrad: false }],
])('%s', (_, className, first, slots, config) => {
  expect(read(className, first, slots, config)).toEqual({ iterations: 7, learningRate: undefined, slots: byWeight });
});

test('a number of arrays that fits no number of weights is refused', () => {
  expect(() => read('Adam', 'iteration:0', byWeight.slice(1), { learning_rate: 0.1 })).toThrow('expected 2 arrays for each trained weight of Adam, received 5 arrays');
});

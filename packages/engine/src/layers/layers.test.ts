import type { JsonObject } from '@trainyard/keras-format';
import { FormatError, parseModel } from '@trainyard/keras-format';
import { describe, expect, it } from 'vitest';

import { checkLayer } from '../testing/check-layer.js';
import { buildModel } from '../model/build-model.js';
import { supportedLayers } from './registry.js';

/** Every class of the registry, with what makes its branches differ. Inputs are shapes with the batch first. */
const configurations: readonly (readonly [className: string, config: JsonObject, inputs: number[][]])[] = [
  ['Activation', { activation: 'softmax' }, [[3, 5]]],
  ['Activation', { activation: 'hard_sigmoid' }, [[3, 5]]],
  ['AveragePooling2D', { pool_size: [2, 2], padding: 'same' }, [[2, 5, 5, 3]]],
  ['AveragePooling2D', { pool_size: [2, 3], strides: [1, 2], data_format: 'channels_first' }, [[2, 3, 6, 6]]],
  ['BatchNormalization', {}, [[6, 4]]],
  ['BatchNormalization', { axis: 1, scale: false, momentum: 0.5 }, [[3, 2, 4, 4]]],
  ['BatchNormalization', { center: false, epsilon: 0.1 }, [[3, 4, 4, 2]]],
  ['Concatenate', { axis: -1 }, [[2, 3], [2, 4]]],
  ['Concatenate', { axis: 1 }, [[2, 3, 2], [2, 1, 2]]],
  ['Conv2D', { filters: 3, kernel_size: [3, 3], padding: 'same', activation: 'relu' }, [[2, 5, 5, 2]]],
  ['Conv2D', { filters: 2, kernel_size: [2, 3], strides: [2, 1], use_bias: false }, [[2, 6, 6, 2]]],
  ['Conv2D', { filters: 2, kernel_size: 2, dilation_rate: [2, 2], padding: 'same' }, [[1, 6, 6, 2]]],
  ['Conv2D', { filters: 2, kernel_size: 2, data_format: 'channels_first', activation: 'softmax' }, [[1, 2, 5, 5]]],
  ['Dense', { units: 4, activation: 'tanh' }, [[3, 5]]],
  ['Dense', { units: 2, use_bias: false }, [[2, 3, 4]]],
  ['Dropout', { rate: 0 }, [[3, 4]]],
  ['Embedding', { input_dim: 7, output_dim: 3 }, [[2, 4]]],
  ['Flatten', {}, [[2, 3, 4]]],
  ['GlobalAveragePooling2D', {}, [[2, 3, 3, 2]]],
  ['GlobalMaxPooling2D', { data_format: 'channels_first' }, [[2, 2, 3, 3]]],
  ['InputLayer', { batch_input_shape: [null, 3] }, [[2, 3]]],
  ['MaxPooling2D', { pool_size: [2, 2] }, [[2, 4, 4, 3]]],
  ['MaxPooling2D', { pool_size: [3, 3], strides: [2, 2], padding: 'same' }, [[1, 5, 5, 1]]],
  ['Reshape', { target_shape: [2, -1] }, [[2, 6]]],
];

describe('every layer agrees on TensorFlow, on the oracle and with finite differences', () => {
  for (const [className, config, inputs] of configurations) it(`${className} ${JSON.stringify(config)}`, () => checkLayer(className, config, inputs));

  it('has a configuration of every class in the registry', () => {
    expect([...new Set(configurations.map(([className]) => className))].sort()).toEqual(supportedLayers());
  });
});

/** Builds a Sequential of one layer and answers the refusal. */
function refusal(className: string, config: JsonObject, shape: (number | null)[]): FormatError {
  const layer = { class_name: className, config: { name: 'layer_1', batch_input_shape: shape, ...config } };
  try {
    buildModel(parseModel({ class_name: 'Sequential', config: [layer], keras_version: '2.0.8' }));
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error('expected a refusal, the model was built');
}

describe('a layer that cannot be is refused with its place', () => {
  it.each([
    ['Dense', { units: -1 }, [null, 3], '/config/0/config/units', 'expected an integer of at least 1, received -1'],
    ['Dense', { units: 3, activation: 'relux' }, [null, 3], '/config/0/config/activation', 'unknown activation "relux"'],
    ['Dense', { units: 3, kernel_initializer: { class_name: 'Nope', config: {} } }, [null, 3], '/config/0/config/kernel_initializer', 'unknown initializer "Nope"'],
    ['Conv2D', { filters: 2, kernel_size: [3, -1] }, [null, 5, 5, 1], '/config/0/config/kernel_size', 'expected 2 integers of at least 1, received [3,-1]'],
    ['Conv2D', { filters: 2, kernel_size: [7, 7] }, [null, 5, 5, 1], '/config/0/config', 'does not fit into an input of (None, 5, 5, 1)'],
    ['Conv2D', { filters: 2, kernel_size: 3 }, [null, 5], '/config/0/config', 'expected an input of 4 dimensions, received (None, 5)'],
    ['Reshape', { target_shape: [4, 2] }, [null, 6], '/config/0/config', 'expected an input that fills (4, 2), received (None, 6)'],
    ['Embedding', { input_dim: 0, output_dim: 3 }, [null, 6], '/config/0/config/input_dim', 'expected an integer of at least 1'],
    ['Telescope', {}, [null, 6], '/config/0/class_name', 'unknown layer "Telescope"'],
  ] as const)('%s %j on %j', (className, config, shape, pointer, text) => {
    const error = refusal(className, config as unknown as JsonObject, [...shape]);
    expect(error.pointer).toBe(pointer);
    expect(error.message).toContain(text);
  });
});

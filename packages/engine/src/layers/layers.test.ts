import type { JsonObject } from '@trainyard/keras-format';
import { FormatError, parseModel } from '@trainyard/keras-format';
import { describe, expect, it } from 'vitest';

import { checkLayer } from '../testing/check-layer.js';
import { layerConfigurations } from '../testing/layer-configurations.js';
import { buildModel } from '../model/build-model.js';
import { supportedLayers } from './registry.js';

describe('every layer agrees on TensorFlow, on the oracle and with finite differences', () => {
  for (const [className, config, inputs] of layerConfigurations) it(`${className} ${JSON.stringify(config)}`, () => checkLayer(className, config, inputs));

  it('has a configuration of every class in the registry', () => {
    expect([...new Set(layerConfigurations.map(([className]) => className))].sort()).toEqual(supportedLayers());
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
    ['Conv1D', { filters: 2, kernel_size: 2, padding: 'causal', data_format: 'channels_first' }, [null, 5, 4], '/config/0/config/data_format', 'expected channels_last with causal padding'],
    ['Conv2D', { filters: 2, kernel_size: 2, padding: 'causal' }, [null, 5, 4, 1], '/config/0/config/padding', 'expected one of valid, same, received "causal"'],
    ['Conv3D', { filters: 2, kernel_size: 2, strides: 2, dilation_rate: 2 }, [null, 5, 4, 4, 1], '/config/0/config/dilation_rate', 'expected 1 where strides are greater than 1'],
    ['Conv2DTranspose', { filters: 2, kernel_size: 3, output_padding: 1 }, [null, 5, 4, 1], '/config/0/config/output_padding', 'expected numbers below the strides'],
    ['SeparableConv2D', { filters: 2, kernel_size: 3, strides: [1, 2] }, [null, 5, 4, 1], '/config/0/config/strides', 'expected equal strides'],
    ['LocallyConnected2D', { filters: 2, kernel_size: 3, padding: 'same' }, [null, 5, 4, 1], '/config/0/config/padding', 'expected one of valid, received "same"'],
    ['LocallyConnected1D', { filters: 2, kernel_size: 3 }, [null, null, 4], '/config/0/config', 'expected dimension 1 of its input to be known'],
    ['Permute', { dims: [2, 2] }, [null, 5, 4], '/config/0/config/dims', 'expected each of 1 to 2 once, received [2,2]'],
    ['Cropping1D', { cropping: [3, 3] }, [null, 6, 4], '/config/0/config', 'leaves nothing of an input of (None, 6, 4)'],
    ['ZeroPadding2D', { padding: [1, -1] }, [null, 6, 4, 1], '/config/0/config/padding', 'expected an integer of at least 0, or 2 of them or of pairs of them, received [1,-1]'],
    ['UpSampling2D', { interpolation: 'bicubic' }, [null, 6, 4, 1], '/config/0/config/interpolation', 'expected one of nearest, bilinear'],
    ['UpSampling3D', { interpolation: 'bilinear' }, [null, 6, 4, 4, 1], '/config/0/config/interpolation', 'expected one of nearest'],
    ['Conv2D', { filters: 4, kernel_size: 2, groups: 3 }, [null, 6, 6, 3], '/config/0/config/groups', 'expected a divisor of the 4 filters, received 3'],
    ['Conv2D', { filters: 4, kernel_size: 2, groups: 2 }, [null, 6, 6, 3], '/config/0/config', 'a multiple of its 2 groups, received (None, 6, 6, 3)'],
    ['MultiHeadAttention', { num_heads: 2, key_dim: 2, attention_axes: [1, 2] }, [null, 6, 4], '/config/0/config/attention_axes', 'expected null or [1]: attention over the steps, received [1,2]'],
    ['MultiHeadAttention', { num_heads: 2, key_dim: 2 }, [null, 6, 4], '/config/0/config', 'expected a query and a value of 3 dimensions'],
    ['Attention', { score_mode: 'concat' }, [null, 6, 4], '/config/0/config/score_mode', 'expected one of dot'],
    ['PReLU', {}, [null, null, 4], '/config/0/config', 'expected dimension 1 of its input to be known, received (None, None, 4)'],
    ['Add', {}, [null, 4], '/config/0/config', 'expected at least 2 inputs, received (None, 4)'],
    ['Dot', { axes: 0 }, [null, 4], '/config/0/config/axes', 'the batch (0) not among them, received 0'],
    ['GroupNormalization', { groups: 3 }, [null, 5, 4], '/config/0/config', 'expected a number of channels that is a multiple of its 3 groups, received (None, 5, 4)'],
    ['LayerNormalization', { axis: 0 }, [null, 5, 4], '/config/0/config/axis', 'the batch (0) not among them, received 0'],
    ['Telescope', {}, [null, 6], '/config/0/class_name', 'unknown layer "Telescope"'],
  ] as const)('%s %j on %j', (className, config, shape, pointer, text) => {
    const error = refusal(className, config as unknown as JsonObject, [...shape]);
    expect(error.pointer).toBe(pointer);
    expect(error.message).toContain(text);
  });
});

import { parseModel } from '@trainyard/keras-format';
import { expect, it } from 'vitest';

import { buildModel } from '../model/build-model.js';
import { planPrediction } from './plan-prediction.js';

const built = (layers: object[]) => buildModel(parseModel({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' }));
const dense = (units: number, config: object = {}) => ({ class_name: 'Dense', config: { name: `dense_${units}`, units, ...config } });
const lstm = (config: object = {}) => ({ class_name: 'LSTM', config: { name: 'lstm_1', units: 8, ...config } });

const mlp = built([dense(64, { batch_input_shape: [null, 20] }), dense(1)]);
const recurrent = built([{ class_name: 'Bidirectional', config: { name: 'both', layer: lstm(), batch_input_shape: [null, 5, 4] } }]);
const video = built([
  { class_name: 'TimeDistributed', config: { name: 'frames', layer: { class_name: 'Conv2D', config: { name: 'conv_1', filters: 2, kernel_size: [3, 3] } }, batch_input_shape: [null, 5, 8, 8, 1] } },
  { class_name: 'TimeDistributed', config: { name: 'flat', layer: { class_name: 'Flatten', config: { name: 'flatten_1' } } } },
  lstm(),
]);

it('small predictions keep the calling thread, larger ones do not', () => {
  expect(planPrediction(mlp, 1)).toEqual({ inline: true });
  expect(planPrediction(mlp, 1_000_000)).toEqual({ inline: false });
});

it('few rows of a recurrent model are compiled as a whole, beside images only the loops', () => {
  expect(planPrediction(recurrent, 4)).toEqual({ xla: 'step', inline: true });
  expect(planPrediction(recurrent, 64)).toEqual({ inline: true });
  expect(planPrediction(video, 4)).toEqual({ xla: 'parts' });
});

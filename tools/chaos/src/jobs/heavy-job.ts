import type { JobRequestInput } from '@trainyard/protocol';
import { chaosSource, FEATURES, ROWS } from './chaos-data.js';

const dense = (name: string, config: object) => ({ class_name: 'Dense', config: { name, ...config } });

/** A job whose steps take long, some 100 ms: a wish has to wait for the one under way. */
export const heavyJob = (epochs: number): JobRequestInput => ({
  name: `${epochs} epochs of heavy steps`,
  seed: 11,
  model: {
    class_name: 'Sequential',
    keras_version: '2.0.8',
    backend: 'tensorflow',
    config: [dense('wide_1', { units: 2048, activation: 'relu', batch_input_shape: [null, FEATURES] }), dense('wide_2', { units: 2048, activation: 'relu' }), dense('output', { units: 1, activation: 'sigmoid' })],
  },
  compile: { optimizer: 'sgd', loss: 'binary_crossentropy' },
  data: { train: { ...chaosSource, x: 'x', y: 'y' } },
  fit: { batch_size: ROWS, epochs, verbose: 0 },
});

/** Steps of an epoch. */
export const heavyStepsPerEpoch = 1;

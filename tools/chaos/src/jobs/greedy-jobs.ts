import type { JobRequestInput } from '@trainyard/protocol';
import { chaosSource, FEATURES, ROWS } from './chaos-data.js';

const layer = (class_name: string, config: object) => ({ class_name, config });
const input = { batch_input_shape: [null, FEATURES] };
const output = layer('Dense', { name: 'output', units: 1, activation: 'sigmoid' });

const job = (name: string, ...layers: ReturnType<typeof layer>[]): JobRequestInput => ({
  name,
  seed: 11,
  model: { class_name: 'Sequential', keras_version: '2.0.8', backend: 'tensorflow', config: [...layers, output] },
  compile: { optimizer: 'adam', loss: 'binary_crossentropy' },
  data: { train: { ...chaosSource, x: 'x', y: 'y' } },
  fit: { batch_size: ROWS, epochs: 5 },
});

/** Jobs that take more than two gigabytes: by their weights, or by what a step computes. */
export const greedyJobs: readonly JobRequestInput[] = [
  job('weights of 600 MB', layer('Dense', { name: 'wide', units: 12_288, ...input }), layer('Dense', { name: 'wider', units: 12_288 })),
  job('activations of 1.9 GiB', layer('RepeatVector', { name: 'repeat', n: 26_000, ...input }), layer('GlobalAveragePooling1D', { name: 'mean' })),
];

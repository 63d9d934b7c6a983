import { encodeNpz, type NdArray } from '@trainyard/ndarray';
import type { JobRequestInput } from '@trainyard/protocol';
import type { JobsApi } from './jobs-api.js';

/** Rows of two classes that a small network learns. */
export function twoClasses(rows: number, features = 8): { x: NdArray; y: NdArray } {
  let state = 12345;
  const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const x = new Float32Array(rows * features);
  const y = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    y[row] = row % 2;
    for (let i = 0; i < features; i++) x[row * features + i] = random() - 0.5 + (i % 2 === 0 ? 0.4 : -0.4) * (y[row] ?? 0);
  }
  return { x: { dtype: 'float32', shape: [rows, features], data: x }, y: { dtype: 'float32', shape: [rows, 1], data: y } };
}

const layer = (class_name: string, config: object) => ({ class_name, config });

/** A network for `twoClasses`, with dropout: its random numbers must go on where they were, too. */
export const network = (features = 8): JobRequestInput['model'] => ({
  class_name: 'Sequential',
  keras_version: '2.0.8',
  backend: 'tensorflow',
  config: [
    layer('Dense', { name: 'dense_1', units: 32, activation: 'relu', batch_input_shape: [null, features] }),
    layer('Dropout', { name: 'dropout_1', rate: 0.2 }),
    layer('Dense', { name: 'dense_2', units: 1, activation: 'sigmoid' }),
  ],
});

/** A job over `files/two-classes.npz`, which `uploadTwoClasses` uploads. About an eighth of a second an epoch. */
export const smallJob = (changes: Partial<JobRequestInput> = {}): JobRequestInput => ({
  model: network(),
  seed: 7,
  compile: { optimizer: 'adam', loss: 'binary_crossentropy', metrics: ['accuracy'] },
  data: { train: { uri: 'files/two-classes.npz', x: 'x', y: 'y' } },
  fit: { batch_size: 4, epochs: 3 },
  ...changes,
});

export async function uploadTwoClasses(api: JobsApi): Promise<void> {
  const { x, y } = twoClasses(600);
  await api.upload('two-classes.npz', encodeNpz([['x', x], ['y', y]]));
}

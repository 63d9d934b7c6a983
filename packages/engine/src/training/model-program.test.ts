import { parseModel } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';
import { expect, it } from 'vitest';

import { ModelDataError } from '../data/data-error.js';
import { buildModel } from '../model/build-model.js';
import type { Runtime } from '../runtime/runtime.js';
import { tensorflow } from '../testing/tensorflow.js';
import { withoutXla } from '../testing/without-xla.js';
import { ModelProgram } from './model-program.js';

const layers = [
  { class_name: 'LSTM', config: { name: 'lstm_1', units: 8, batch_input_shape: [null, 6, 3] } },
  { class_name: 'Dense', config: { name: 'dense_1', units: 2, activation: 'softmax' } },
];
const x: NdArray = { dtype: 'float32', shape: [40, 6, 3], data: Float32Array.from({ length: 40 * 18 }, (_, i) => Math.sin(i)) };

async function predictions(runtime: Runtime): Promise<number[]> {
  const program = new ModelProgram(buildModel(parseModel({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' })), runtime);
  await program.initialize(3);
  const [first] = await program.predict([x]);
  // A second time: small batches then run in the calling thread.
  const [second] = await program.predict([x]);
  expect(second).toEqual(first);
  await expect(program.predict([{ ...x, shape: [40, 18] }])).rejects.toThrow(ModelDataError);
  program.dispose();
  return Array.from(first?.data ?? [], Number);
}

it('predicts the same where XLA compiles the loop, and where it cannot', async () => {
  const compiled = await predictions(tensorflow());
  const plain = await predictions(withoutXla(tensorflow()));
  expect(compiled).toHaveLength(80);
  compiled.forEach((value, i) => expect(value).toBeCloseTo(plain[i] ?? NaN, 6));
});

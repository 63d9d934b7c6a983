import { parseModel } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';
import { expect, it } from 'vitest';

import { compileModel } from '../compile/compile-model.js';
import { buildModel } from '../model/build-model.js';
import { tensorflow } from '../testing/tensorflow.js';
import { Trainer } from '../training/trainer.js';

const rows: NdArray = { dtype: 'float32', shape: [4, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 9) };

/** What a frozen BatchNormalization does in a step of training: the loss beside that of evaluation, and its averages. */
async function step(kerasVersion: string): Promise<{ likeEvaluation: boolean; moved: boolean }> {
  const config = { name: 'bn', trainable: false, batch_input_shape: [null, 2] };
  const model = buildModel(parseModel({ class_name: 'Sequential', keras_version: kerasVersion, config: [{ class_name: 'BatchNormalization', config }] }));
  const trainer = new Trainer(compileModel(model, { optimizer: 'sgd', loss: 'mse' }), tensorflow(), 1);
  await trainer.initialize();
  const batch = trainer.standardize({ x: [rows], y: [rows] });
  const [evaluated] = await trainer.evaluateBatch(batch);
  const [trained] = await trainer.trainBatch(batch);
  const [mean] = (await trainer.program.getWeights()).slice(2);
  trainer.dispose();
  return { likeEvaluation: trained === evaluated, moved: mean?.data[0] !== 0 };
}

it.each([
  ['2.0.8', false, true],
  ['2.1.2', false, true],
  ['2.1.3', false, false],
  ['2.3.1', false, false],
  ['2.2.4-tf', true, false],
  ['2.4.0', true, false],
  ['2.21.0', true, false],
])('a frozen BatchNormalization of Keras %s', async (version, likeEvaluation, moved) => {
  expect(await step(version)).toEqual({ likeEvaluation, moved });
});

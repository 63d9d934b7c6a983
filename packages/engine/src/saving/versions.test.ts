import { type Json, parseModel, readModelFile, writeModelFile } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { compileModel } from '../compile/compile-model.js';
import type { CompileSpec } from '../compile/compile-spec.js';
import { buildModel } from '../model/build-model.js';
import type { Model } from '../model/model.js';
import { tensorflow } from '../testing/tensorflow.js';
import { Trainer } from '../training/trainer.js';
import { compileSpecOf, descriptionOf, restoreModelFile, toModelFile, toServedFile } from './model-file.js';
import { fromWeightsFile, inWeightOrder } from './weights.js';
import { writtenMetrics } from './written-metrics.js';

// A file's model means what it meant to the Keras whose model it is: bilinear UpSampling2D aligns otherwise since TensorFlow 2, for one.

const shape = [null, 3, 3, 1];
const upSampling = { name: 'larger', size: [2, 2], interpolation: 'bilinear', data_format: 'channels_last' };
const dense = { class_name: 'Dense', config: { name: 'dense', units: 2 } };

const modelOf = (kerasVersion: string): Model => {
  const config = kerasVersion.startsWith('3')
    ? { name: 's', layers: [{ class_name: 'InputLayer', config: { name: 'in', batch_shape: shape, dtype: 'float32' } }, { class_name: 'UpSampling2D', config: upSampling }, dense] }
    : [{ class_name: 'UpSampling2D', config: { ...upSampling, batch_input_shape: shape } }, dense];
  return buildModel(parseModel({ class_name: 'Sequential', keras_version: kerasVersion, config }));
};
const trainerOf = (kerasVersion: string, optimizer: CompileSpec['optimizer'] = 'sgd'): Trainer => new Trainer(compileModel(modelOf(kerasVersion), { optimizer, loss: 'mse' }), tensorflow(), 3);
const x: NdArray = { dtype: 'float32', shape: [1, 3, 3, 1], data: Float32Array.from({ length: 9 }, (_, i) => (i * 5) % 7) };
const predict = async (trainer: Trainer): Promise<number[]> => [...(((await trainer.program.predict([x], { batchSize: 1 }))[0] as NdArray).data as Float32Array)];

describe.each(['2.0.8', '2.2.4-tf', '2.15.0', '3.15.1'])('a model of Keras %s', (version) => {
  it('predicts from its file as it did, also where it is served', async () => {
    const trainer = trainerOf(version);
    await trainer.initialize();
    const expected = await predict(trainer);
    const file = await toModelFile(trainer);
    for (const bytes of [await writeModelFile(file), await writeModelFile(toServedFile(file).file)]) {
      const saved = await readModelFile(bytes);
      const again = new Trainer(compileModel(buildModel(descriptionOf(saved)), { optimizer: 'sgd', loss: 'mse' }), tensorflow(), 0);
      await again.program.load(inWeightOrder(again.program.weights, fromWeightsFile(again.compiled.model, saved)));
      expect(await predict(again)).toEqual(expected);
      again.dispose();
    }
    trainer.dispose();
  });
});

it('which are not the same', async () => {
  const answers = await Promise.all(['2.0.8', '2.15.0'].map(async (version) => {
    const trainer = trainerOf(version);
    await trainer.initialize();
    const answer = await predict(trainer);
    trainer.dispose();
    return answer;
  }));
  expect(answers[0]).not.toEqual(answers[1]);
});

it('has its weighted metrics too', async () => {
  for (const weighted of [['mae'], undefined]) {
    const trainer = new Trainer(compileModel(modelOf('2.15.0'), { optimizer: 'sgd', loss: 'mse', weighted_metrics: weighted }), tensorflow(), 3);
    await trainer.initialize();
    const { trainingConfig } = await readModelFile(await writeModelFile(await toModelFile(trainer)));
    trainer.dispose();
    expect(trainingConfig?.['weighted_metrics']).toEqual(weighted);
    expect(trainingConfig && compileSpecOf(trainingConfig).weighted_metrics).toEqual(weighted ?? null);
  }
});

describe('its metrics', () => {
  const wrapped = (name: string, fn: string) => ({ class_name: 'MeanMetricWrapper', config: { name, fn } });
  const [asked, sparse] = [wrapped('accuracy', 'accuracy'), wrapped('accuracy', 'sparse_categorical_accuracy')];
  const resolved = { class_name: 'MeanMetricWrapper', config: { name: 'accuracy', dtype: 'float32', fn: 'sparse_categorical_accuracy' } };
  const writtenIn = (version: string, metrics: Json): Json => writtenMetrics(metrics, compileModel(modelOf(version), { optimizer: 'sgd', loss: 'sparse_categorical_crossentropy' }));
  it('are names where they were asked for by name', () => {
    for (const version of ['2.0.8', '2.3.1', '3.15.1']) expect(writtenIn(version, [asked, sparse, 'mae', wrapped('mse', 'mse')])).toEqual(['accuracy', sparse, 'mae', 'mse']);
    expect(writtenIn('2.15.0', null)).toBeNull();
  });
  it('say to tf-keras which accuracy it is', () => {
    for (const version of ['2.4.0', '2.15.0']) expect(writtenIn(version, [asked, sparse, 'mae'])).toEqual([resolved, sparse, 'mae']);
    expect(writtenIn('2.15.0', { dense: 'accuracy' })).toEqual({ dense: resolved });
    expect(writtenIn('2.15.0', [['accuracy']])).toEqual([[resolved]]);
  });
});

describe.each([
  ['2.2.4', { lr: 0.125, amsgrad: false }, 1 + 3 * 2],
  ['2.2.4', { lr: 0.125, amsgrad: true }, 1 + 3 * 2],
  ['2.3.1', { learning_rate: 0.125, amsgrad: false }, 1 + 3 * 2],
  ['2.0.8', { lr: 0.125 }, 1 + 2 * 2],
])('the state of Adam of Keras %s, %j', (version, config, arrays) => {
  it('goes on from its file', async () => {
    const optimizer = { class_name: 'Adam', config };
    const [trainer, again] = [trainerOf(version, optimizer), trainerOf(version, optimizer)];
    const batch = trainer.standardize({ x: [x], y: [{ dtype: 'float32', shape: [1, 6, 6, 2], data: Float32Array.from({ length: 72 }, (_, i) => i % 5) }] });
    await trainer.initialize();
    for (let i = 0; i < 3; i++) await trainer.trainBatch(batch);
    const file = await readModelFile(await writeModelFile(await toModelFile(trainer)));
    expect(file.optimizerWeights).toHaveLength(arrays);
    await restoreModelFile(again, file);
    expect(again.iterations).toBe(3);
    for (let i = 0; i < 3; i++) expect(await again.trainBatch(batch)).toEqual(await trainer.trainBatch(batch));
    trainer.dispose();
    again.dispose();
  });
});

describe('the optimizer of its file', () => {
  const adam = { class_name: 'Adam', config: { learning_rate: 0.125 } };
  const configOf = async (version: string, optimizer: CompileSpec['optimizer']): Promise<object | undefined> => {
    const trainer = trainerOf(version, optimizer);
    await trainer.initialize();
    const { trainingConfig } = await toModelFile(trainer);
    trainer.dispose();
    return trainingConfig?.optimizer_config.config;
  };
  it('is none of the legacy ones for tf-keras since 2.11, which would take it for one', async () => {
    expect(await configOf('2.15.0', adam)).toMatchObject({ learning_rate: 0.125, weight_decay: null, is_legacy_optimizer: false });
  });
  it('has only arguments that TensorFlow before knows', async () => {
    for (const version of ['2.2.4-tf', '2.10.0']) expect(await configOf(version, adam)).toEqual({ name: 'Adam', learning_rate: 0.125, decay: 0, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, amsgrad: false });
    expect(await configOf('2.15.0', { class_name: 'Adam', config: { learning_rate: 0.125, decay: 0.1 } })).toEqual({ name: 'Adam', learning_rate: 0.125, decay: 0.1, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, amsgrad: false });
  });
  it("is Keras 2.0's with a learning_rate for Keras 2.3", async () => {
    expect(await configOf('2.3.1', adam)).toEqual({ learning_rate: 0.125, beta_1: 0.9, beta_2: 0.999, decay: 0, epsilon: 1e-8 });
  });
  it("has Keras 3's for Keras 3, and Keras 2.0's where it is Keras 2.0's", async () => {
    expect(await configOf('3.15.1', adam)).toMatchObject({ weight_decay: null, clipnorm: null });
    expect(await configOf('3.15.1', adam)).not.toHaveProperty('is_legacy_optimizer');
    expect(await configOf('2.15.0', 'adam')).toHaveProperty('lr');
  });
});

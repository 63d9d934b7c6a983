import { readFileSync } from 'node:fs';
import path from 'node:path';

import { parseModel } from '@trainyard/keras-format';
import { concatRows, type NdArray } from '@trainyard/ndarray';
import { afterEach, describe, expect, it } from 'vitest';

import type { Batch } from '../data/batch.js';
import type { ClassWeight } from '../data/class-weight.js';
import { buildModel } from '../model/build-model.js';
import { type StoredArray, storedArray } from '../testing/stored-array.js';
import { tensorflow } from '../testing/tensorflow.js';
import type { History } from './history.js';
import { KerasModel } from './keras-model.js';

interface Done {
  answer: unknown;
  weights: StoredArray[];
}

interface Reference {
  json: object;
  start: StoredArray[];
  batches: [StoredArray, StoredArray[], StoredArray[]][];
  validation: [StoredArray, StoredArray[], StoredArray[]][];
  class_weight: ClassWeight;
  points: StoredArray;
  metrics_names: string[];
  cases: Record<string, Done>;
}

interface Classifier {
  json: object;
  weights: StoredArray[];
  classes: StoredArray;
  proba: StoredArray;
}

const file = path.resolve(import.meta.dirname, '../../../../tests/golden/s21_model_api/generators.json');
const reference = JSON.parse(readFileSync(file, 'utf8')) as Reference;
const read = (list: Reference['batches']): Required<Batch>[] => list.map(([x, y, w]) => ({ x: [storedArray(x)], y: y.map(storedArray), sampleWeight: w.map(storedArray) }));
const batches = read(reference.batches);
const validation = read(reference.validation);
const classWeight = reference.class_weight;
const unweighted = ({ x, y }: Batch): Batch => ({ x, y });
const all: Required<Batch> = {
  x: [concatRows(batches.map(({ x }) => x[0] as NdArray))],
  y: [0, 1].map((i) => concatRows(batches.map(({ y }) => y[i] as NdArray))),
  sampleWeight: [0, 1].map((i) => concatRows(batches.map(({ sampleWeight }) => sampleWeight?.[i] as NdArray))),
};

async function* endlessly(list: readonly Batch[]): AsyncGenerator<Batch> {
  for (;;) yield* list;
}

const made: KerasModel[] = [];
afterEach(() => {
  for (const model of made.splice(0)) model.dispose();
});

async function fresh(): Promise<KerasModel> {
  const compile = {
    optimizer: 'sgd',
    loss: { seq: 'mse', label: 'categorical_crossentropy' },
    metrics: { label: 'accuracy' },
    loss_weights: { seq: 0.5, label: 2 },
    sample_weight_mode: { seq: 'temporal', label: null },
  };
  const model = new KerasModel(buildModel(parseModel(reference.json)), compile, tensorflow());
  made.push(model);
  await model.initialize();
  await model.setWeights(reference.start.map(storedArray));
  return model;
}

const close = (ours: ArrayLike<number>, theirs: ArrayLike<number>): void => {
  expect(ours.length).toBe(theirs.length);
  for (let i = 0; i < theirs.length; i++) expect(Math.abs((ours[i] ?? NaN) - (theirs[i] ?? NaN))).toBeLessThan(2e-6 * (1 + Math.abs(theirs[i] ?? 0)));
};
const closeArrays = (ours: readonly NdArray[], theirs: readonly StoredArray[]): void => {
  expect(ours.map(({ shape }) => shape)).toEqual(theirs.map(({ shape }) => shape));
  ours.forEach(({ data }, i) => close(data as Float32Array, storedArray(theirs[i] as StoredArray).data as Float32Array));
};
const ended = async (model: KerasModel, name: string): Promise<void> => closeArrays(await model.getWeights(), (reference.cases[name] as Done).weights);
const sameHistory = (ours: History, name: string): void => {
  const theirs = (reference.cases[name] as Done).answer as History;
  expect(ours.epoch).toEqual(theirs.epoch);
  expect(Object.keys(ours.history).sort()).toEqual(Object.keys(theirs.history).sort());
  for (const [metric, values] of Object.entries(theirs.history)) close(ours.history[metric] ?? [], values);
};

describe('as genuine Keras 2.0.8 computes it', () => {
  it('fit_generator: weights of both outputs, one of them temporal; validation with weights; initial_epoch', async () => {
    const model = await fresh();
    expect(model.metricsNames).toEqual(reference.metrics_names);
    const history = await model.fitGenerator(endlessly(batches), { stepsPerEpoch: 2, epochs: 3, initialEpoch: 1, validation: { data: validation[0] as Batch } });
    sameHistory(history, 'fit_generator_weights');
    await ended(model, 'fit_generator_weights');
  });

  it('fit_generator: class weights of one output, a validation generator with weights', async () => {
    const model = await fresh();
    const history = await model.fitGenerator(endlessly(batches.map(unweighted)), { stepsPerEpoch: 3, epochs: 2, classWeight, validation: { stream: endlessly(validation), steps: 3 } });
    sameHistory(history, 'fit_generator_class_weight');
    await ended(model, 'fit_generator_class_weight');
  });

  it('fit: sample weights win over class weights', async () => {
    const model = await fresh();
    const history = await model.fit(all, { batchSize: 5, epochs: 2, shuffle: false, classWeight, validationData: validation[0] });
    sameHistory(history, 'fit_weights');
    await ended(model, 'fit_weights');
  });

  it('evaluate, evaluate_generator, predict_generator, predict_on_batch', async () => {
    const model = await fresh();
    close(await model.evaluate(all, { batchSize: 5 }), (reference.cases['evaluate'] as Done).answer as number[]);
    close(await model.evaluateGenerator(endlessly(batches), 5), (reference.cases['evaluate_generator'] as Done).answer as number[]);
    closeArrays(await model.predictGenerator(endlessly(batches), 4), (reference.cases['predict_generator'] as Done).answer as StoredArray[]);
    const finite = batches.map(unweighted)[Symbol.iterator]();
    await expect(model.predictGenerator({ next: async () => finite.next() }, 4)).rejects.toThrow('x: expected 4 batches, received 3');
  });

  it('train_on_batch and test_on_batch', async () => {
    const model = await fresh();
    const { answer } = reference.cases['train_on_batch'] as Done;
    const [one, two, weighted, plain] = answer as [number[], number[], number[], number[]];
    close(await model.trainOnBatch(all.x, all.y, { classWeight }), one);
    close(await model.trainOnBatch(all.x, all.y, { sampleWeight: all.sampleWeight }), two);
    close(await model.testOnBatch(all.x, all.y, { sampleWeight: all.sampleWeight }), weighted);
    close(await model.testOnBatch(all.x, all.y), plain);
    await ended(model, 'train_on_batch');
    closeArrays(await model.predictOnBatch(all.x), (reference.cases['predict_on_batch'] as Done).answer as StoredArray[]);
  });

  it('predict_classes and predict_proba of a softmax and of one sigmoid', async () => {
    for (const { json, weights, classes, proba } of reference.cases['predict_classes'] as unknown as Classifier[]) {
      const model = new KerasModel(buildModel(parseModel(json)), { optimizer: 'sgd', loss: 'mse' }, tensorflow());
      made.push(model);
      await model.setWeights(weights.map(storedArray));
      closeArrays([await model.predictProba([storedArray(reference.points)])], [proba]);
      expect(await model.predictClasses([storedArray(reference.points)])).toEqual(storedArray(classes));
    }
  });
});

describe('what Keras 2.0.8 has not, or has as one call', () => {
  it('steps_per_epoch and validation_steps: the first batches', async () => {
    const [limited, first] = [await fresh(), await fresh()];
    const head = ({ dtype, shape, data }: NdArray, rows: number): NdArray => ({ dtype, shape: [rows, ...shape.slice(1)], data: data.slice(0, (data.length / (shape[0] ?? 1)) * rows) });
    const rows = (count: number): Batch => ({ x: all.x.map((array) => head(array, count)), y: all.y.map((array) => head(array, count)) });
    const history = await limited.fit(unweighted(all), { batchSize: 5, epochs: 2, shuffle: false, stepsPerEpoch: 2, validationData: unweighted(all), validationSteps: 1 });
    expect(history).toEqual(await first.fit(rows(10), { batchSize: 5, epochs: 2, shuffle: false, validationData: rows(5) }));
    await expect(limited.fit(all, { batchSize: 5, epochs: 1, stepsPerEpoch: 4 })).rejects.toThrow('steps_per_epoch: expected at most 3 batches (12 rows in batches of 5), received 4');
  });

  it('weights of one layer, by name and index', async () => {
    const model = await fresh();
    const [kernel, bias] = await model.getLayerWeights('label');
    expect([kernel?.shape, bias?.shape]).toEqual([[5, 3], [3]]);
    const ones: NdArray = { dtype: 'float32', shape: [3], data: Float32Array.of(1, 1, 1) };
    await model.setLayerWeights('label', [kernel as NdArray, ones]);
    expect((await model.getLayerWeights(model.model.layers.findIndex(({ name }) => name === 'label')))[1]).toEqual(ones);
    await expect(model.setLayerWeights('label', [ones])).rejects.toThrow('set_weights of layer "label": expected 2 arrays, received 1');
    expect(model.summary()).toContain('label (Dense)');
    await model.resetStates();
  });
});

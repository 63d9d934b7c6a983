import { parseModel, readModelFile, writeModelFile } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { Callback, type TrainingControl } from '../callbacks/callback.js';
import { createCallbacks } from '../callbacks/registry.js';
import { compileModel } from '../compile/compile-model.js';
import type { Batch } from '../data/batch.js';
import { RandomStream } from '../ops/random-stream.js';
import { buildModel } from '../model/build-model.js';
import { supportedOptimizers } from '../optimizers/registry.js';
import { restoreSnapshot, toSnapshot } from '../saving/snapshot.js';
import { tensorflow } from '../testing/tensorflow.js';
import { fit, fitGenerator, type FitOptions } from './fit.js';
import type { ResumePoint } from './run-training.js';
import { Trainer, type Logs } from './trainer.js';

const layers = [
  { class_name: 'Dense', config: { name: 'dense_1', units: 8, activation: 'relu', batch_input_shape: [null, 4] } },
  { class_name: 'Dropout', config: { name: 'dropout_1', rate: 0.25 } },
  { class_name: 'BatchNormalization', config: { name: 'bn_1' } },
  { class_name: 'Dense', config: { name: 'dense_2', units: 3, activation: 'softmax' } },
];

function createTrainer(seed = 5, optimizer = 'adam'): Trainer {
  const model = buildModel(parseModel({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' }));
  return new Trainer(compileModel(model, { optimizer, loss: 'categorical_crossentropy', metrics: ['accuracy'] }), tensorflow(), seed);
}

function createData(rows: number, seed: number): Batch {
  const stream = new RandomStream(seed, rows);
  const x: NdArray = { dtype: 'float32', shape: [rows, 4], data: Float32Array.from({ length: rows * 4 }, () => stream.uniform()) };
  const y = new Float32Array(rows * 3);
  for (let row = 0; row < rows; row++) y[row * 3 + (Number(x.data[row * 4]) > 0.5 ? 1 : Number(x.data[row * 4 + 1]) > 0.5 ? 2 : 0)] = 1;
  return { x: [x], y: [{ dtype: 'float32', shape: [rows, 3], data: y }] };
}

async function* endlessly(data: Batch, size: number): AsyncGenerator<Batch> {
  const rows = data.x[0]?.shape[0] ?? 0;
  const slice = ({ dtype, shape, data: values }: NdArray, from: number, to: number): NdArray => {
    const width = values.length / rows;
    return { dtype, shape: [to - from, ...shape.slice(1)], data: values.slice(from * width, to * width) };
  };
  for (;;)
    for (let from = 0; from < rows; from += size) {
      const to = Math.min(rows, from + size);
      yield { x: data.x.map((array) => slice(array, from, to)), y: data.y.map((array) => slice(array, from, to)) };
    }
}

const environment = { saveCheckpoint: async () => undefined, warn: () => undefined, log: () => undefined };
const options: FitOptions = { batchSize: 16, epochs: 4, validationSplit: 0.25 };

async function bytes(trainer: Trainer): Promise<string> {
  return JSON.stringify((await trainer.program.getWeights()).map(({ data }) => Array.from(new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)))));
}

describe('fit', () => {
  it('learns, and records an epoch at a time what Keras records', async () => {
    const trainer = createTrainer();
    await trainer.initialize();
    const history = await fit(trainer, createData(200, 1), { ...options, epochs: 30 });
    expect(history.epoch).toEqual(Array.from({ length: 30 }, (_, epoch) => epoch));
    expect(Object.keys(history.history)).toEqual(['loss', 'acc', 'val_loss', 'val_acc']);
    expect(history.history['loss']?.at(-1)).toBeLessThan(0.8 * (history.history['loss']?.[0] ?? 0));
    trainer.dispose();
  });

  it('is a pure function of data and seed', async () => {
    const run = async (seed: number): Promise<string> => {
      const trainer = createTrainer(seed);
      await trainer.initialize();
      const history = await fit(trainer, createData(100, 2), options);
      const result = JSON.stringify(history) + (await bytes(trainer));
      trainer.dispose();
      return result;
    };
    const first = await run(5);
    expect(await run(5)).toBe(first);
    expect(await run(6)).not.toBe(first);
  });

  it.each(supportedOptimizers())('goes on from a snapshot of an epoch as the run that was left alone, with %s', async (optimizer) => {
    const data = createData(100, 3);
    const whole = createTrainer(5, optimizer);
    await whole.initialize();
    const expected = await fit(whole, data, options);

    const first = createTrainer(5, optimizer);
    await first.initialize();
    let file = new Uint8Array();
    const onEpochComplete = async (epoch: number, resume: () => ResumePoint): Promise<void> => {
      if (epoch === 1) file = (await writeModelFile(await toSnapshot(first, { nextEpoch: 2, step: 10, resume: resume() }))) as Uint8Array<ArrayBuffer>;
    };
    await fit(first, data, { ...options, epochs: 2, onEpochComplete });
    const second = createTrainer(5, optimizer);
    const state = await restoreSnapshot(second, await readModelFile(file, { extra: ['trainyard_snapshot'] }));
    const history = await fit(second, data, { ...options, initialEpoch: state.nextEpoch, resume: state.resume });
    expect(history).toEqual(expected);
    expect(await bytes(second)).toBe(await bytes(whole));
    for (const trainer of [whole, first, second]) trainer.dispose();
  });

  it.each(supportedOptimizers())('goes on from wherever a run has ended, with %s', { timeout: 120_000 }, async (optimizer) => {
    const data = createData(100, 3);
    const plan = () => ({ stepsPerRun: 2 });
    const reduce = () => createCallbacks([{ class_name: 'ReduceLROnPlateau', config: { monitor: 'loss', patience: 0, epsilon: 10 } }], environment);
    const whole = createTrainer(5, optimizer);
    await whole.initialize();
    const files: Uint8Array[] = [];
    let step = 0;
    const onRunComplete = async (epoch: number, resume: () => ResumePoint): Promise<void> => {
      const point = resume();
      step = epoch * 5 + (point.epoch?.batches ?? 0);
      if (epoch === 1) files.push(await writeModelFile(await toSnapshot(whole, { nextEpoch: epoch, step, resume: point })));
    };
    const run = { ...options, epochs: 3, plan };
    const expected = await fit(whole, data, { ...run, callbacks: reduce(), onRunComplete });
    const weights = await bytes(whole);
    expect(files).toHaveLength(3); // of 2, 4 and 5 batches, the last before the validation
    for (const [i, file] of files.entries()) {
      const other = createTrainer(5, optimizer);
      const state = await restoreSnapshot(other, await readModelFile(file, { extra: ['trainyard_snapshot'] }));
      expect([state.nextEpoch, state.step, state.resume.epoch?.batches]).toEqual([1, 5 + [2, 4, 5][i]!, [2, 4, 5][i]]);
      const history = await fit(other, data, { ...run, callbacks: reduce(), initialEpoch: 1, resume: state.resume });
      expect(history).toEqual(expected);
      expect(await bytes(other)).toBe(weights);
      other.dispose();
    }
    whole.dispose();
  });

  it('stops after the batch in which a callback asks for it, without validation', async () => {
    class StopAt extends Callback {
      batches = 0;
      logs: Logs = {};
      override onBatchEnd(batch: number, _logs: Readonly<Logs>, control: TrainingControl): void {
        this.batches++;
        control.stopTraining = batch === 2;
      }
      override onEpochEnd(_epoch: number, logs: Logs): void {
        this.logs = logs;
      }
    }
    const trainer = createTrainer();
    await trainer.initialize();
    const stop = new StopAt();
    const history = await fit(trainer, createData(100, 4), { ...options, callbacks: [stop] });
    expect(stop.batches).toBe(3);
    expect(history.epoch).toEqual([0]);
    expect(Object.keys(stop.logs)).toEqual(['loss', 'acc']);
    trainer.dispose();
  });

  it('refuses data that does not fit, by name', async () => {
    const trainer = createTrainer();
    await trainer.initialize();
    const good = createData(20, 5);
    const wide: NdArray = { dtype: 'float32', shape: [20, 5], data: new Float32Array(100) };
    await expect(fit(trainer, { x: [wide], y: good.y }, options)).rejects.toThrow('x, input "dense_1_input": expected an array of shape (None, 4), received (20, 5)');
    const column: NdArray = { dtype: 'int32', shape: [20], data: new Int32Array(20) };
    await expect(fit(trainer, { x: good.x, y: [column] }, options)).rejects.toThrow('y, output "dense_2": expected one-hot targets of shape (None, 3) for categorical_crossentropy, received (20, 1); use to_categorical');
    const short: NdArray = { dtype: 'float32', shape: [10, 3], data: new Float32Array(30) };
    await expect(fit(trainer, { x: good.x, y: [short] }, options)).rejects.toThrow('expected as many rows as x, 20, received 10');
    await expect(fit(trainer, { x: [], y: good.y }, options)).rejects.toThrow('x: expected 1 arrays (dense_1_input), received 0');
    trainer.dispose();
  });
});

describe('fit_generator', () => {
  it('trains as fit does on the same batches', async () => {
    const data = createData(96, 6);
    const arrays = createTrainer();
    await arrays.initialize();
    const expected = await fit(arrays, data, { batchSize: 32, epochs: 3, shuffle: false, validationData: data });
    const streamed = createTrainer();
    await streamed.initialize();
    const history = await fitGenerator(streamed, endlessly(data, 32), { stepsPerEpoch: 3, epochs: 3, validation: { data, batchSize: 32 } });
    expect(history).toEqual(expected);
    expect(await bytes(streamed)).toBe(await bytes(arrays));
    for (const trainer of [arrays, streamed]) trainer.dispose();
  });

  it('validates on a stream, and says when a stream ends too early', async () => {
    const data = createData(64, 7);
    const trainer = createTrainer();
    await trainer.initialize();
    const history = await fitGenerator(trainer, endlessly(data, 16), { stepsPerEpoch: 5, epochs: 2, validation: { stream: endlessly(data, 16), steps: 2 } });
    expect(history.history['val_loss']).toHaveLength(2);
    const [first] = [await endlessly(data, 16).next()];
    const finite = [first.value as Batch][Symbol.iterator]();
    const stream: AsyncIterator<Batch> = { next: async () => finite.next() };
    await expect(fitGenerator(trainer, stream, { stepsPerEpoch: 5, epochs: 1 })).rejects.toThrow('expected 5 batches an epoch, the stream ended at batch 1');
    trainer.dispose();
  });
});

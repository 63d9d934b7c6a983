import { buildModel, compileModel, type CompileSpec, fit, measurePlan, RandomStream, Trainer, type TrainingPlan, worthMeasuring } from '../index.js';
import { parseModel } from '@trainyard/keras-format';
import { type NdArray, sliceRows } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import type { Batch } from '../data/batch.js';
import type { Runtime } from '../runtime/runtime.js';
import { tensorflow } from '../testing/tensorflow.js';
import { withoutXla } from '../testing/without-xla.js';

const dense = (name: string, config: object) => ({ class_name: 'Dense', config: { name, ...config } });
const mlp = [
  dense('dense_1', { units: 32, activation: 'relu', batch_input_shape: [null, 20] }),
  { class_name: 'Dropout', config: { name: 'dropout_1', rate: 0.5 } },
  dense('dense_2', { units: 4, activation: 'softmax', kernel_constraint: { class_name: 'MaxNorm', config: { max_value: 1, axis: 0 } } }),
];
const recurrent = [
  { class_name: 'Masking', config: { name: 'masking_1', mask_value: 0, batch_input_shape: [16, 5, 4] } },
  { class_name: 'LSTM', config: { name: 'lstm_1', units: 8, stateful: true, dropout: 0.2, recurrent_dropout: 0.2, return_sequences: true } },
  { class_name: 'Bidirectional', config: { name: 'both', merge_mode: 'concat', layer: { class_name: 'GRU', config: { name: 'gru_1', units: 6 } } } },
  dense('dense_1', { units: 4, activation: 'sigmoid' }),
];
const simple = [
  { class_name: 'SimpleRNN', config: { name: 'rnn_1', units: 8, stateful: true, dropout: 0.2, batch_input_shape: [16, 5, 4] } },
  dense('dense_1', { units: 4, activation: 'sigmoid' }),
];
const images = [
  { class_name: 'Conv2D', config: { name: 'conv_1', filters: 32, kernel_size: [3, 3], batch_input_shape: [null, 64, 64, 16] } },
  { class_name: 'Flatten', config: { name: 'flatten_1' } },
  dense('dense_1', { units: 4 }),
];

const built = (layers: object[]) => buildModel(parseModel({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' }));

async function create(layers: object[], optimizer: CompileSpec['optimizer'], runtime: Runtime = tensorflow()): Promise<Trainer> {
  const trainer = new Trainer(compileModel(built(layers), { optimizer, loss: 'mse', metrics: ['mae'] }), runtime, 7);
  await trainer.initialize();
  return trainer;
}

function randomArray(shape: number[], seed: number): NdArray {
  const stream = new RandomStream(seed, 1);
  return { dtype: 'float32', shape, data: Float32Array.from({ length: shape.reduce((size, dimension) => size * dimension, 1) }, () => stream.uniform()) };
}

const rows: Batch = { x: [randomArray([75, 20], 1)], y: [randomArray([75, 4], 2)] };
const sequences: Batch = { x: [randomArray([64, 5, 4], 3)], y: [randomArray([64, 4], 4)] };

/** Everything that a trainer holds. */
async function stateOf({ program, iterations, schedule, xla, ...trainer }: Trainer, slots: NdArray[]): Promise<unknown> {
  return { weights: await program.getWeights(), states: await program.read(program.states.map(({ name }) => name)), slots, iterations, schedule, xla, lr: trainer.lr };
}

/** History, weights, slots and states after a fit under a plan. */
async function fitted(layers: object[], optimizer: CompileSpec['optimizer'], data: Batch, batchSize: number, plan: TrainingPlan): Promise<number[][]> {
  const trainer = await create(layers, optimizer);
  const validationData = { x: data.x.map((array) => sliceRows(array, 0, batchSize)), y: data.y.map((array) => sliceRows(array, 0, batchSize)) };
  const { history } = await fit(trainer, data, { batchSize, epochs: 2, validationData, plan: () => plan });
  const { program } = trainer;
  const arrays = [...(await program.getWeights()), ...(await trainer.getSlots()), ...(await program.read(program.states.map(({ name }) => name)))];
  trainer.dispose();
  return [...Object.values(history), ...arrays.map(({ data: values }) => Array.from(values, Number))];
}

describe('plans with XLA', () => {
  it.each<[string, object[], CompileSpec['optimizer'], Batch, number]>([
    ['an MLP, RMSprop with clipnorm', mlp, { class_name: 'RMSprop', config: { lr: 0.001, clipnorm: 0.1 } }, rows, 16],
    ['an MLP, Adam', mlp, 'adam', rows, 16],
    ['masked, stateful, dropping, bidirectional recurrence', recurrent, 'nadam', sequences, 16],
  ])('train as plain ones do, to float tolerance, and alike every time: %s', async (_name, layers, optimizer, data, batchSize) => {
    const plain = await fitted(layers, optimizer, data, batchSize, { stepsPerRun: 1 });
    // Loops take XLA a second each to compile.
    const plans: TrainingPlan[] = layers === recurrent ? [{ stepsPerRun: 1, xla: 'parts' }, { stepsPerRun: 1, xla: 'step' }] : [{ stepsPerRun: 1, xla: 'parts' }, { stepsPerRun: 2, xla: 'step' }];
    for (const plan of plans) {
      const ours = await fitted(layers, optimizer, data, batchSize, plan);
      expect(ours.map(({ length }) => length)).toEqual(plain.map(({ length }) => length));
      const differences = ours.flatMap((values, i) => values.map((value, j) => Math.abs(value - (plain[i]?.[j] ?? NaN))));
      expect(Math.max(...differences)).toBeLessThan(2e-5);
      if (layers !== recurrent || plan.xla === 'step') expect(await fitted(layers, optimizer, data, batchSize, plan)).toEqual(ours);
    }
  });
});

describe('measurePlan', () => {
  const long = 1e9;

  it('tries plans and leaves the trainer as it was', async () => {
    const trainer = await create(simple, 'nadam');
    await trainer.trainBatch({ x: sequences.x.map((array) => sliceRows(array, 0, 16)), y: sequences.y.map((array) => sliceRows(array, 0, 16)) });
    const before = await stateOf(trainer, await trainer.getSlots());
    const batch = trainer.standardize({ x: sequences.x.map((array) => sliceRows(array, 16, 32)), y: sequences.y.map((array) => sliceRows(array, 16, 32)) });
    const { plan, trials } = await measurePlan(trainer, batch, long);
    expect(trials.map(({ plan: { xla } }) => xla)).toEqual([undefined, 'parts', 'step']);
    for (const { msPerStep, firstMs, error } of trials) {
      expect(error).toBeUndefined();
      expect(msPerStep).toBeGreaterThan(0);
      expect(firstMs).toBeGreaterThan(0);
    }
    expect(trials.map((trial) => trial.plan)).toContainEqual(plan);
    expect(await stateOf(trainer, await trainer.getSlots())).toEqual({ ...(before as object), xla: plan.xla });
    trainer.dispose();
  });

  it('passes over what XLA cannot compile', async () => {
    const trainer = await create(simple, 'sgd', withoutXla(tensorflow()));
    const { plan, trials } = await measurePlan(trainer, trainer.standardize({ x: [randomArray([16, 5, 4], 1)], y: [randomArray([16, 4], 2)] }), long);
    expect(plan.xla).toBeUndefined();
    expect(trials.map(({ error }) => error)).toEqual([undefined, 'no XLA here', 'no XLA here']);
    trainer.dispose();
  });

  it('is broken off at once, also while a step is compiled; the weights are as they were', async () => {
    const trainer = await create(simple, 'nadam');
    const before = await stateOf(trainer, await trainer.getSlots());
    const cancelled = new AbortController();
    const trainBatches = trainer.trainBatches.bind(trainer);
    let runs = 0;
    let running: ReturnType<typeof trainBatches> | undefined;
    let end = (): void => undefined;
    const compiled = new Promise<void>((resolve) => (end = resolve));
    trainer.trainBatches = (...args) => {
      if (++runs < 2) return trainBatches(...args);
      cancelled.abort(new Error('the user cancelled'));
      const trained = trainBatches(...args);
      return (running = compiled.then(() => trained));
    };
    const batch = trainer.standardize({ x: [randomArray([16, 5, 4], 1)], y: [randomArray([16, 4], 2)] });
    await expect(measurePlan(trainer, batch, long, cancelled.signal)).rejects.toThrow('the user cancelled');
    expect(await stateOf(trainer, await trainer.getSlots())).toEqual(before);
    await expect(trainer.program.setWeights(await trainer.program.getWeights())).rejects.toThrow('the weights can be read, and nothing else');

    end();
    await running?.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(runs).toBe(2);
    Reflect.deleteProperty(trainer, 'trainBatches');
    expect(await stateOf(trainer, await trainer.getSlots())).toEqual(before);
    trainer.dispose();
  });

  it('measures nothing where a training is short, large, or has nothing to choose', () => {
    const wide = built([dense('dense_1', { units: 2048, batch_input_shape: [null, 1024] })]);
    expect(worthMeasuring(wide, { batchSize: 128, steps: 1e4 })).toBe(true);
    expect(worthMeasuring(wide, { batchSize: 128, steps: 100 })).toBe(false);
    expect(worthMeasuring(built(mlp), { batchSize: 128, steps: 1e7 })).toBe(false); // several steps a run
    expect(worthMeasuring(built([dense('dense_1', { units: 100_000, batch_input_shape: [null, 1000] })]), { batchSize: 128, steps: 1e6 })).toBe(false);
    expect(worthMeasuring(built(images), { batchSize: 32, steps: 1e6 })).toBe(false);
  });
});

import { parseModel } from '@trainyard/keras-format';
import { type NdArray, sliceRows } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { Callback, type TrainingControl } from '../callbacks/callback.js';
import { compileModel } from '../compile/compile-model.js';
import type { CompileSpec } from '../compile/compile-spec.js';
import type { Batch } from '../data/batch.js';
import { buildModel } from '../model/build-model.js';
import { RandomStream } from '../ops/random-stream.js';
import { CpuRuntime } from '../runtime/cpu-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { tensorflow } from '../testing/tensorflow.js';
import { withCompile } from '../testing/with-compile.js';
import { fit, fitGenerator } from './fit.js';
import { planTraining, type TrainingPlan } from './plan.js';
import { Trainer } from './trainer.js';

const dense = (name: string, config: object): object => ({ class_name: 'Dense', config: { name, ...config } });
const mlp = [
  dense('dense_1', { units: 32, activation: 'relu', batch_input_shape: [null, 20], kernel_constraint: { class_name: 'MaxNorm', config: { max_value: 1, axis: 0 } } }),
  { class_name: 'Dropout', config: { name: 'dropout_1', rate: 0.5 } },
  { class_name: 'BatchNormalization', config: { name: 'bn_1' } },
  dense('dense_2', { units: 16, activation: 'relu' }),
  dense('dense_3', { units: 4, activation: 'sigmoid' }),
];
const regularizer = { class_name: 'L1L2', config: { l1: 0.01, l2: 0.01 } };
const regularized = [...mlp.slice(0, 3), dense('dense_2', { units: 16, activation: 'sigmoid', kernel_regularizer: regularizer }), ...mlp.slice(4)];
const classifier = [...mlp.slice(0, 4), dense('dense_3', { units: 4, activation: 'softmax' })];
const recurrent = [
  { class_name: 'LSTM', config: { name: 'lstm_1', units: 8, stateful: true, dropout: 0.2, recurrent_dropout: 0.2, batch_input_shape: [16, 5, 4] } },
  dense('dense_1', { units: 4, activation: 'sigmoid' }),
];

function randomArray(shape: number[], seed: number): NdArray {
  const stream = new RandomStream(seed, 1);
  return { dtype: 'float32', shape, data: Float32Array.from({ length: shape.reduce((size, dimension) => size * dimension, 1) }, () => stream.uniform()) };
}

async function create(layers: object[], optimizer: CompileSpec['optimizer'], runtime: Runtime): Promise<Trainer> {
  const model = buildModel(parseModel({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' }));
  const trainer = new Trainer(compileModel(model, { optimizer, loss: 'binary_crossentropy', metrics: ['mae'] }), runtime, 7);
  await trainer.initialize();
  return trainer;
}

/** Metrics of each batch, then weights, slots and states, after training batches of these numbers of rows, `perRun` a run. */
async function train(layers: object[], optimizer: CompileSpec['optimizer'], data: Batch, rows: readonly number[], perRun: number, runtime: Runtime = tensorflow()): Promise<number[][]> {
  const trainer = await create(layers, optimizer, runtime);
  const metrics: number[][] = [];
  let start = 0;
  for (let first = 0; first < rows.length; first += perRun) {
    const part = rows.slice(first, first + perRun);
    const end = start + part.reduce((sum, count) => sum + count, 0);
    const slice = (array: NdArray): NdArray => sliceRows(array, start, end);
    const batches = { x: data.x.map(slice), y: data.y.map(slice), sampleWeight: data.sampleWeight?.map((array) => array && slice(array)) };
    for (const values of await trainer.trainBatches(batches, part)) metrics.push([...values]);
    start = end;
  }
  const { program } = trainer;
  const arrays = [...(await program.getWeights()), ...(await trainer.getSlots()), ...(await program.read(program.states.map(({ name }) => name)))];
  trainer.dispose();
  return [...metrics, ...arrays.map(({ data: values }) => Array.from(values, Number))];
}

function largestDifference(ours: number[][], theirs: number[][]): number {
  return Math.max(...theirs.flatMap((values, i) => values.map((value, j) => Math.abs(value - (ours[i]?.[j] ?? NaN)))));
}

describe('several batches in one run give the numbers of as many runs of one', () => {
  const rows = [16, 16, 16, 16, 16, 16, 9];
  const total = rows.reduce((sum, count) => sum + count, 0);
  const data: Batch = { x: [randomArray([total, 20], 1)], y: [randomArray([total, 4], 2)], sampleWeight: [randomArray([total], 3)] };

  // Not always bit for bit: TensorFlow's graph optimizer may rewrite sums and products of several steps otherwise than of one.
  it.each<[string, CompileSpec['optimizer']]>([
    ['SGD', 'sgd'],
    ['SGD with momentum', { class_name: 'SGD', config: { lr: 0.05, momentum: 0.9, decay: 1e-3 } }],
    ['SGD with Nesterov momentum', { class_name: 'SGD', config: { lr: 0.05, momentum: 0.9, nesterov: true } }],
    ['RMSprop', { class_name: 'RMSprop', config: { lr: 0.001, clipnorm: 0.1 } }],
    ['Adagrad', 'adagrad'],
    ['Adadelta', 'adadelta'],
    ['Adam', { class_name: 'Adam', config: { decay: 0.1, clipvalue: 0.01 } }],
    ['Adamax', 'adamax'],
  ])('%s', async (_name, optimizer) => {
    const alone = await train(mlp, optimizer, data, rows, 1);
    expect(largestDifference(await train(mlp, optimizer, data, rows, 7), alone)).toBeLessThan(1e-5);
    expect(largestDifference(await train(mlp, optimizer, data, rows, 3), alone)).toBeLessThan(1e-5);
  });

  it.each<[string, object[]]>([
    ['regularized weights', regularized],
    ['a softmax, which is another op where several steps are traced', classifier],
  ])('%s', async (_name, layers) => {
    expect(largestDifference(await train(layers, 'rmsprop', data, rows, 7), await train(layers, 'rmsprop', data, rows, 1))).toBeLessThan(1e-5);
  });

  it('states of a stateful layer', async () => {
    const sequences: Batch = { x: [randomArray([64, 5, 4], 4)], y: [randomArray([64, 4], 5)] };
    const alone = await train(recurrent, 'rmsprop', sequences, [16, 16, 16, 16], 1);
    expect(largestDifference(await train(recurrent, 'rmsprop', sequences, [16, 16, 16, 16], 4), alone)).toBeLessThan(1e-5);
  });

  it('on the oracle, bit for bit', async () => {
    const runtime = new CpuRuntime();
    const alone = await train(mlp, 'rmsprop', data, [16, 16, 9], 1, runtime);
    expect(await train(mlp, 'rmsprop', data, [16, 16, 9], 3, runtime)).toEqual(alone);
  });

  it('the same bits, run after run', async () => {
    expect(await train(mlp, 'adam', data, rows, 7)).toEqual(await train(mlp, 'adam', data, rows, 7));
  });
});

describe('a weight of four million', () => {
  const wide = [dense('dense_1', { units: 2100, batch_input_shape: [null, 2000] }), dense('dense_2', { units: 2, activation: 'softmax' })];
  const rows: Batch = { x: [randomArray([4, 2000], 1)], y: [randomArray([4, 2], 2)] };
  /** A runtime that cannot update in pieces. @param used told of each step that would have */
  const whole = (used: () => void): Runtime =>
    withCompile(tensorflow(), (program, step) =>
      program.compile({
        ...step,
        build: (scope) => {
          if (scope.updateInPieces) used();
          return step.build({
            feed: (name) => scope.feed(name),
            read: (name) => scope.read(name),
            assign: (name, value) => scope.assign(name, value),
            update: (rule) => scope.update(rule),
            updateInPieces: undefined,
            fuse: (inputs, body, after) => scope.fuse(inputs, body, after),
          });
        },
      }),
    );

  async function trained(optimizer: CompileSpec['optimizer'], runtime: Runtime): Promise<NdArray[]> {
    const trainer = await create(wide, optimizer, runtime);
    await trainer.trainBatch(trainer.standardize(rows));
    await fit(trainer, rows, { batchSize: 4, epochs: 2 }); // from rows that are gathered within the step
    const arrays = [...(await trainer.program.getWeights()), ...(await trainer.getSlots())];
    trainer.dispose();
    return arrays;
  }

  it.each<[string, CompileSpec['optimizer']]>([
    ['RMSprop', 'rmsprop'],
    ['Adadelta', 'adadelta'],
    ['AdamW of Keras 3, global clipnorm', { class_name: 'AdamW', config: { learning_rate: 0.01, global_clipnorm: 0.1 } }],
  ])('is updated in pieces, to the bit as a whole: %s', async (_name, optimizer) => {
    let could = 0;
    const expected = await trained(optimizer, whole(() => could++));
    expect(could).toBe(2);
    const received = await trained(optimizer, tensorflow());
    expect(received.length).toBe(expected.length);
    for (const [i, { data }] of received.entries()) expect(Buffer.compare(Buffer.from(data.buffer, data.byteOffset, data.byteLength), Buffer.from(expected[i]!.data.buffer, expected[i]!.data.byteOffset, expected[i]!.data.byteLength))).toBe(0);
  });
});

describe('planTraining', () => {
  const built = (layers: object[]) => buildModel(parseModel({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' }));
  const wide = [dense('dense_1', { units: 4096, batch_input_shape: [null, 784] })];
  const convolutional = [{ class_name: 'Conv2D', config: { name: 'conv_1', filters: 32, kernel_size: [3, 3], batch_input_shape: [null, 64, 64, 16] } }];
  const embedding = [
    { class_name: 'Embedding', config: { name: 'embedding_1', input_dim: 1_000_000, output_dim: 8, batch_input_shape: [null, 10] } },
    { class_name: 'Flatten', config: { name: 'flatten_1' } },
    dense('dense_1', { units: 1 }),
  ];

  it.each<[string, object[], { batchSize: number; steps: number }, boolean]>([
    ['a small model, trained long', mlp, { batchSize: 128, steps: 100_000 }, true],
    ['a small model, trained shortly', mlp, { batchSize: 128, steps: 500 }, false],
    ['batches of many rows', mlp, { batchSize: 100_000, steps: 100_000 }, false],
    ['many weights', wide, { batchSize: 128, steps: 100_000 }, false],
    ['few weights at many positions', convolutional, { batchSize: 32, steps: 100_000 }, false],
    ['many weights of which few are looked up', embedding, { batchSize: 128, steps: 100_000 }, true],
  ])('%s', (_name, layers, training, several) => {
    expect(planTraining(built(layers), training).stepsPerRun > 1).toBe(several);
  });
});

describe('fit with a plan', () => {
  const data: Batch = { x: [randomArray([75, 20], 1)], y: [randomArray([75, 4], 2)] };
  const plan = (): TrainingPlan => ({ stepsPerRun: 4 });
  const fitted = async (options: { plan?: () => TrainingPlan; callbacks?: Callback[] }) => {
    const trainer = await create(mlp, 'sgd', tensorflow());
    const history = await fit(trainer, data, { batchSize: 8, epochs: 3, ...options });
    trainer.dispose();
    return history;
  };

  /** Notes the batches that it sees, and stops training at one of them. */
  class Batches extends Callback {
    readonly seen: [batch: number, samples: number][] = [];
    constructor(private readonly last: number) {
      super();
    }
    override onBatchEnd(batch: number, _logs: unknown, control: TrainingControl, samples: number): void {
      this.seen.push([batch, samples]);
      if (batch === this.last) control.stopTraining = true;
    }
  }
  class EveryBatch extends Batches {
    override get needsEveryBatch(): boolean {
      return true;
    }
  }

  it('gives the History of single steps, and the callbacks every batch in order', async () => {
    const batches = new Batches(Infinity);
    const { epoch, history } = await fitted({ plan, callbacks: [batches] });
    const alone = await fitted({});
    expect(epoch).toEqual(alone.epoch);
    expect(largestDifference(Object.values(history), Object.values(alone.history))).toBeLessThan(1e-6);
    expect(batches.seen.slice(0, 10)).toEqual([...Array.from({ length: 9 }, (_, i) => [i, 8]), [9, 3]]);
    expect(batches.seen).toHaveLength(30);
  });

  it('is stopped after the run in which a callback asked for it', async () => {
    const batches = new Batches(1);
    const history = await fitted({ plan, callbacks: [batches] });
    expect(batches.seen.map(([batch]) => batch)).toEqual([0, 1, 2, 3]);
    expect(history.epoch).toEqual([0]);
  });

  it('trains one batch a run where a callback needs to see each', async () => {
    const batches = new EveryBatch(1);
    await fitted({ plan, callbacks: [batches] });
    expect(batches.seen.map(([batch]) => batch)).toEqual([0, 1]);
  });

  it('trains batches of a stream whose shapes change', async () => {
    const layers = [
      { class_name: 'LSTM', config: { name: 'lstm_1', units: 4, batch_input_shape: [null, null, 3] } },
      dense('dense_1', { units: 4, activation: 'sigmoid' }),
    ];
    const lengths = [5, 5, 5, 7, 7, 5];
    async function* stream(): AsyncGenerator<Batch> {
      for (;;) for (const [i, length] of lengths.entries()) yield { x: [randomArray([8, length, 3], i)], y: [randomArray([8, 4], i)] };
    }
    const run = async (planned: TrainingPlan | undefined): Promise<number[][]> => {
      const trainer = await create(layers, 'adam', tensorflow());
      const { history } = await fitGenerator(trainer, stream(), { epochs: 2, stepsPerEpoch: 6, plan: () => planned });
      trainer.dispose();
      return Object.values(history);
    };
    expect(largestDifference(await run(plan()), await run(undefined))).toBeLessThan(1e-6);
  });
});

describe('gradients', () => {
  const layers = [dense('dense_1', { units: 6, activation: 'tanh', batch_input_shape: [null, 5], kernel_regularizer: regularizer }), dense('dense_2', { units: 4, activation: 'sigmoid', trainable: false })];

  it.each<[string, Runtime]>([['cpu', new CpuRuntime()], ['TensorFlow', tensorflow()]])('are what SGD goes down by, and change nothing: %s', async (_name, runtime) => {
    const trainer = await create(layers, { class_name: 'SGD', config: { lr: 1 } }, runtime);
    await trainer.initialize();
    const batch = trainer.standardize({ x: [randomArray([7, 5], 1)], y: [randomArray([7, 4], 2)], sampleWeight: [randomArray([7], 3)] });
    const before = await trainer.program.getWeights();
    const gradients = await trainer.gradients(batch);
    expect([...gradients.keys()]).toEqual(['dense_1/kernel', 'dense_1/bias']);
    expect(await trainer.program.getWeights()).toEqual(before);
    await trainer.trainBatch(batch);
    const after = await trainer.program.getWeights();
    [...gradients.values()].forEach(({ data }, i) => data.forEach((value, at) => expect(Number(before[i]?.data[at]) - Number(after[i]?.data[at])).toBeCloseTo(Number(value), 5)));
    trainer.dispose();
  });
});

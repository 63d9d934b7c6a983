import type { JsonObject } from '@trainyard/keras-format';
import { FormatError, parseModel } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';
import { afterAll, describe, expect, it } from 'vitest';

import { compileModel } from '../../compile/compile-model.js';
import { buildModel } from '../../model/build-model.js';
import type { Model } from '../../model/model.js';
import { weightRefs } from '../../model/weight-ref.js';
import { RandomStream } from '../../ops/random-stream.js';
import { CpuRuntime } from '../../runtime/cpu-runtime.js';
import type { Runtime, VariableSpec } from '../../runtime/runtime.js';
import { restoreSnapshot, toSnapshot } from '../../saving/snapshot.js';
import { slotVariable, trainSteps } from '../../steps/train-step.js';
import { tensorflow } from '../../testing/tensorflow.js';
import { emptyHistory } from '../../training/history.js';
import { ModelProgram } from '../../training/model-program.js';
import { Trainer } from '../../training/trainer.js';

const trainers: Trainer[] = [];
afterAll(() => trainers.forEach((trainer) => trainer.dispose()));

function sequential(...layers: JsonObject[]): Model {
  const named = layers.map(({ class_name, ...config }, i) => ({ class_name: class_name as string, config: { name: `layer_${i}`, ...config } }));
  return buildModel(parseModel({ class_name: 'Sequential', keras_version: '2.0.8', config: named }));
}

async function trainerOf(model: Model, runtime: Runtime = tensorflow(), seed = 3): Promise<Trainer> {
  const trainer = new Trainer(compileModel(model, { optimizer: { class_name: 'SGD', config: { lr: 0.5 } }, loss: 'mse' }), runtime, seed);
  trainers.push(trainer);
  await trainer.initialize();
  return trainer;
}

function random(shape: number[], seed: number): NdArray {
  const stream = new RandomStream(seed, 1);
  return { dtype: 'float32', shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => stream.uniform() * 2 - 1) };
}

/** Rows whose first steps, or all of them, are masked. */
function masked(shape: [number, number, number]): NdArray {
  const x = random(shape, 5);
  const [, time, features] = shape;
  (x.data as Float32Array).fill(0, 0, 2 * features);
  (x.data as Float32Array).fill(0, time * features, 2 * time * features);
  return x;
}

function closeTo(ours: ArrayLike<number> | undefined, theirs: ArrayLike<number> | undefined, digits = 5): void {
  expect(ours?.length).toBe(theirs?.length);
  Array.from(theirs ?? [], (value, i) => expect(ours?.[i]).toBeCloseTo(value, digits));
}

describe('masks', () => {
  const kinds = [
    { class_name: 'LSTM', units: 3, return_sequences: true },
    { class_name: 'GRU', units: 3, go_backwards: true },
    { class_name: 'GRU', units: 3, reset_after: true, return_sequences: true },
    { class_name: 'SimpleRNN', units: 3, activation: 'relu' },
    { class_name: 'Bidirectional', layer: { class_name: 'LSTM', config: { name: 'inner', units: 2, return_sequences: true } }, merge_mode: 'sum' },
  ];

  it.each(kinds)('train alike on TensorFlow and on the oracle: %j', async (layer) => {
    const model = sequential({ class_name: 'Masking', batch_input_shape: [null, 4, 2] }, layer);
    const [one, other] = [await trainerOf(model), await trainerOf(model, new CpuRuntime())];
    await other.program.setWeights(await one.program.getWeights());
    const batch = one.standardize({ x: [masked([3, 4, 2])], y: [random([3, ...(model.outputs[0]?.shape.slice(1) as number[])], 8)] });
    for (let step = 0; step < 2; step++) closeTo(await one.trainBatch(batch), await other.trainBatch(batch));
    const theirs = await other.program.getWeights();
    (await one.program.getWeights()).forEach((weight, i) => closeTo(weight.data as Float32Array, theirs[i]?.data as Float32Array));
  });

  it('repeat the output before, zeros at first', async () => {
    const model = sequential({ class_name: 'Masking', batch_input_shape: [null, 4, 2] }, { class_name: 'LSTM', units: 1, return_sequences: true });
    const { program } = await trainerOf(model);
    const x = random([1, 4, 2], 2);
    (x.data as Float32Array).fill(0, 0, 2);
    (x.data as Float32Array).fill(0, 4, 6);
    const [y] = await program.predict([x]);
    const [first, second, third, last] = Array.from(y?.data ?? [], Number);
    expect(first).toBe(0);
    expect(third).toBe(second);
    expect(last).not.toBe(third);
  });

  it('end at a layer that answers its last output alone', () => {
    const model = sequential({ class_name: 'Masking', batch_input_shape: [null, 4, 2] }, { class_name: 'LSTM', units: 3 }, { class_name: 'Reshape', target_shape: [3, 1] });
    expect(model.outputs[0]?.shape).toEqual([null, 3, 1]);
  });
});

describe('dropout', () => {
  /** The loss of one training step on the same weights and data, under each seed. */
  async function losses(config: JsonObject, seeds: readonly number[]): Promise<number[]> {
    const model = sequential({ class_name: 'GRU', batch_input_shape: [null, 3, 4], units: 2, ...config });
    return Promise.all(
      seeds.map(async (seed) => {
        const trainer = await trainerOf(model, tensorflow(), seed);
        await trainer.program.setWeights(weightRefs(model).map(({ spec }, i) => random([...spec.shape], 20 + i)));
        const [loss] = await trainer.trainBatch(trainer.standardize({ x: [random([2, 3, 4], 1)], y: [random([2, 2], 2)] }));
        return loss as number;
      }),
    );
  }

  it.each([0, 1, 2])('of inputs and states depends on the seed alone, implementation %i', async (implementation) => {
    const [one, same, other] = await losses({ dropout: 0.5, recurrent_dropout: 0.5, implementation }, [1, 1, 2]);
    expect(one).toBe(same);
    expect(one).not.toBe(other);
  });

  it('drops nothing at a rate of 1, as Keras 2.0', async () => {
    const [dropped, whole] = [await losses({ dropout: 1, recurrent_dropout: 1 }, [1]), await losses({}, [1])];
    expect(dropped).toEqual(whole);
  });

  it('is the same at every step: a constant sequence stays one', async () => {
    // With an identity activation and no recurrence, h_t = (x ∘ mask) · kernel: constant over time if and only if the mask is.
    const model = sequential({ class_name: 'SimpleRNN', batch_input_shape: [null, 5, 3], units: 2, activation: 'linear', return_sequences: true, dropout: 0.5 });
    const trainer = await trainerOf(model);
    const [kernel] = await trainer.program.getWeights();
    await trainer.program.setWeights([kernel as NdArray, random([2, 2], 0), random([2], 0)].map((array, i) => (i === 0 ? array : { ...array, data: new Float32Array(array.data.length) })));
    const x = { dtype: 'float32', shape: [1, 5, 3], data: new Float32Array(15).fill(1) } as const;
    const y = { dtype: 'float32', shape: [1, 5, 2], data: new Float32Array(10) } as const;
    const [loss] = await trainer.trainBatch(trainer.standardize({ x: [x], y: [y] }));
    const [k] = [kernel?.data as Float32Array];
    const possible = Array.from({ length: 8 }, (_, bits) =>
      [0, 1].reduce((sum, unit) => sum + [0, 1, 2].reduce((h, i) => h + (bits & (1 << i) ? 2 * (k[i * 2 + unit] ?? 0) : 0), 0) ** 2 / 2, 0),
    );
    expect(Math.min(...possible.map((value) => Math.abs(value - (loss as number))))).toBeLessThan(1e-6);
  });

  it.each([
    { class_name: 'LSTM', batch_input_shape: [null, 3, 4], units: 2, dropout: 0.3, recurrent_dropout: 0.4 },
    { class_name: 'LSTM', batch_input_shape: [null, 3, 4], units: 2, dropout: 0.3, recurrent_dropout: 0.4, implementation: 2 },
    { class_name: 'ConvLSTM2D', batch_input_shape: [null, 2, 3, 3, 1], filters: 2, kernel_size: 2, dropout: 0.3, recurrent_dropout: 0.4 },
  ])('is not there in prediction, and has finite gradients in training: %j', async (layer) => {
    const model = sequential(layer);
    const trainer = await trainerOf(model);
    const x = random([2, ...(model.inputs[0]?.shape.slice(1) as number[])], 1);
    const [once, again] = [await trainer.program.predict([x]), await trainer.program.predict([x])];
    expect(once).toEqual(again);
    const y = random([2, ...(model.outputs[0]?.shape.slice(1) as number[])], 2);
    await trainer.trainBatch(trainer.standardize({ x: [x], y: [y] }));
    for (const { data } of await trainer.program.getWeights()) expect(Array.from(data, Number).every(Number.isFinite)).toBe(true);
  });
});

describe('a stateful layer', () => {
  const model = sequential({ class_name: 'LSTM', batch_input_shape: [2, 3, 2], units: 2, stateful: true }, { class_name: 'Dense', units: 1 });
  const x = random([2, 3, 2], 4);

  it('goes on where the last batch ended, until its states are reset', async () => {
    const { program } = await trainerOf(model);
    const [first, second] = [await program.predict([x]), await program.predict([x])];
    expect(second).not.toEqual(first);
    await program.resetStates();
    expect(await program.predict([x])).toEqual(first);
  });

  it('goes on in training and evaluation, too', async () => {
    const trainer = await trainerOf(model);
    const batch = trainer.standardize({ x: [x], y: [random([2, 1], 6)] });
    const evaluated = await trainer.evaluateBatch(batch);
    expect(await trainer.evaluateBatch(batch)).not.toEqual(evaluated);
    await trainer.program.resetStates();
    expect(await trainer.trainBatch(batch)).toEqual(evaluated);
  });

  it('takes batches of its own size alone', async () => {
    const { program } = await trainerOf(model);
    await expect(program.predict([random([3, 3, 2], 1)])).rejects.toThrow('x: the model is stateful, for batches of 2 rows: expected a batch of 2, received 1');
    await expect(program.predict([x], { batchSize: 1 })).rejects.toThrow('expected a batch of 2, received 1');
    expect((await program.predict([random([4, 3, 2], 1)]))[0]?.shape).toEqual([4, 1]);
  });

  it('has its states in a snapshot', async () => {
    const [one, other] = [await trainerOf(model), await trainerOf(model)];
    await one.program.predict([x]);
    const history = emptyHistory();
    await restoreSnapshot(other, await toSnapshot(one, { nextEpoch: 1, step: 1, resume: { history, callbackStates: [] } }));
    expect(await other.program.predict([x])).toEqual(await one.program.predict([x]));
  });

  it('is refused without a batch size', () => {
    expect(() => sequential({ class_name: 'GRU', batch_input_shape: [null, 3, 2], units: 2, stateful: true })).toThrow('a stateful layer must know its batch size');
  });
});

describe('an LSTM', () => {
  it('begins with a forget gate open by 1', async () => {
    const program = new ModelProgram(sequential({ class_name: 'LSTM', batch_input_shape: [null, 3, 2], units: 2 }), tensorflow());
    await program.initialize(1);
    const bias = (await program.getWeights())[2];
    expect(Array.from(bias?.data ?? [], Number)).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    program.dispose();
  });

  it('takes sequences of any length, a graph of the same size for each', () => {
    const model = sequential({ class_name: 'LSTM', batch_input_shape: [null, null, 2], units: 2 });
    const compiled = compileModel(model, { optimizer: 'sgd', loss: 'mse' });
    const variables = weightRefs(model).flatMap((weight) =>
      [weight.variable, ...compiled.optimizer.slotNames.map((slot) => slotVariable(weight, slot))].map((name): VariableSpec => ({ name, shape: weight.spec.shape, dtype: 'float32' })),
    );
    const program = tensorflow().createProgram(variables);
    const nodes = [2, 300].map((time) => program.compile(trainSteps(compiled, [{ rows: 2, x: [[time, 2]], y: [[2]], weights: [undefined] }])).nodeCount);
    expect(nodes[0]).toBe(nodes[1]);
    program.dispose();
  });
});

describe('a recurrent layer that cannot be is refused with its place', () => {
  it.each([
    [{ class_name: 'LSTM', batch_input_shape: [null, 3], units: 2 }, 'expected an input of 3 dimensions, received (None, 3)'],
    [{ class_name: 'LSTM', batch_input_shape: [null, 3, null], units: 2 }, 'expected dimension -1 of its input to be known'],
    [{ class_name: 'LSTM', batch_input_shape: [null, 3, 2], units: 2, implementation: 3 }, '/config/0/config/implementation: expected 0, 1 or 2, received 3'],
    [{ class_name: 'GRU', batch_input_shape: [null, 3, 2], units: 2, activation: 'nope' }, '/config/0/config/activation: unknown activation "nope"'],
    [{ class_name: 'ConvLSTM2D', batch_input_shape: [null, 3, 2, 2, 1], filters: 2, kernel_size: 3 }, 'a kernel of (3, 3) does not fit'],
    [{ class_name: 'TimeDistributed', batch_input_shape: [null, 3], layer: { class_name: 'Dense', config: { name: 'd', units: 2 } } }, 'expected one input of at least 3 dimensions'],
    [{ class_name: 'Bidirectional', batch_input_shape: [null, 3, 2], layer: { class_name: 'Dense', config: { name: 'd', units: 2 } } }, 'expected a recurrent layer inside Bidirectional, received Dense'],
    [{ class_name: 'TimeDistributed', batch_input_shape: [2, 3, 4, 2], layer: { class_name: 'LSTM', config: { name: 'l', units: 2, stateful: true } } }, 'expected no stateful layer inside'],
  ] as const)('%j', (layer, text) => {
    const build = (): Model => sequential(layer as unknown as JsonObject);
    expect(build).toThrow(FormatError);
    expect(build).toThrow(text);
  });
});

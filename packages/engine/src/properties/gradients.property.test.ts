import { parseModel } from '@trainyard/keras-format';
import { type NdArray, sizeOf } from '@trainyard/ndarray';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { compileModel } from '../compile/compile-model.js';
import type { Batch } from '../data/batch.js';
import { buildModel } from '../model/build-model.js';
import type { Model } from '../model/model.js';
import { RandomStream } from '../ops/random-stream.js';
import { CpuRuntime } from '../runtime/cpu-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { eagerRuntime } from '../testing/eager-runtime.js';
import { type RandomModel, randomModels } from '../testing/random-models.js';
import { tensorflow } from '../testing/tensorflow.js';
import { Trainer } from '../training/trainer.js';

/** With a learning rate of 1, a step of SGD takes the gradient itself from the weights. */
const sgd = { optimizer: { class_name: 'SGD', config: { lr: 1, momentum: 0, decay: 0, nesterov: false } }, loss: 'mean_squared_error' };
const BATCH = 3;
const runs = { numRuns: 40, seed: 20170824 };

interface Step {
  readonly loss: number;
  readonly gradients: NdArray[];
}

function draw(shape: readonly number[], stream: RandomStream): NdArray {
  return { dtype: 'float32', shape, data: Float32Array.from({ length: sizeOf(shape) }, () => stream.uniform() - 0.5) };
}

class Case {
  readonly model: Model;
  readonly weights: NdArray[];
  readonly batch: Batch;

  constructor({ json }: RandomModel) {
    this.model = buildModel(parseModel(structuredClone(json)));
    const stream = new RandomStream(3, 4);
    const trainer = new Trainer(compileModel(this.model, sgd), new CpuRuntime(), 0);
    this.weights = trainer.program.weights.map(({ spec }) => draw(spec.shape, stream));
    const arrays = (tensors: Model['inputs']): NdArray[] => tensors.map(({ shape }) => draw([BATCH, ...shape.slice(1).map(Number)], stream));
    this.batch = { x: arrays(this.model.inputs), y: arrays(this.model.outputs) };
  }

  async #trainer(runtime: Runtime, weights: readonly NdArray[]): Promise<Trainer> {
    const trainer = new Trainer(compileModel(this.model, sgd), runtime, 0);
    await trainer.program.load([...weights]);
    return trainer;
  }

  async step(runtime: Runtime): Promise<Step> {
    const trainer = await this.#trainer(runtime, this.weights);
    const [loss] = await trainer.trainBatch(trainer.standardize(this.batch));
    const after = await trainer.program.getWeights();
    trainer.dispose();
    const gradients = after.map((array, i) => ({ ...array, data: Float32Array.from(array.data as Float32Array, (value, at) => Number(this.weights[i]?.data[at]) - value) }));
    return { loss: loss ?? NaN, gradients };
  }

  async lossAt(runtime: Runtime, weights: readonly NdArray[]): Promise<number> {
    const trainer = await this.#trainer(runtime, weights);
    const [loss] = await trainer.evaluateBatch(trainer.standardize(this.batch));
    trainer.dispose();
    return loss ?? NaN;
  }
}

/** Largest |a − b| / (1 + |b|). */
function distance(a: Step, b: Step): number {
  const pairs = a.gradients.flatMap(({ data }, i) => [...(data as Float32Array)].map((value, at) => [value, Number(b.gradients[i]?.data[at])] as const));
  return Math.max(...[[a.loss, b.loss] as const, ...pairs].map(([ours, theirs]) => Math.abs(ours - theirs) / (1 + Math.abs(theirs))));
}

test('traced gradients are those of the oracle, to 1e-5', async () => {
  await fc.assert(
    fc.asyncProperty(randomModels, async (random) => {
      const made = new Case(random);
      expect(distance(await made.step(tensorflow()), await made.step(new CpuRuntime()))).toBeLessThan(1e-5);
    }),
    runs,
  );
});

test('traced gradients agree with finite differences of the traced loss, to 1 %', async () => {
  await fc.assert(
    fc.asyncProperty(randomModels, fc.nat(1000), async (random, seed) => {
      const made = new Case(random);
      const { gradients } = await made.step(tensorflow());
      const stream = new RandomStream(seed, 1);
      const direction = made.weights.map(({ data }) => Float32Array.from({ length: data.length }, () => stream.uniform() - 0.5));
      const length = Math.hypot(...direction.map((values) => Math.hypot(...values)));
      const h = 0.02;
      const moved = (sign: number): NdArray[] =>
        made.weights.map((array, i) => ({ ...array, data: Float32Array.from(array.data as Float32Array, (value, at) => value + (sign * h * (direction[i]?.[at] ?? 0)) / length) }));
      const numeric = ((await made.lossAt(tensorflow(), moved(1))) - (await made.lossAt(tensorflow(), moved(-1)))) / (2 * h);
      const slope = gradients.reduce((sum, { data }, i) => sum + (data as Float32Array).reduce((part, value, at) => part + value * (direction[i]?.[at] ?? 0), 0), 0) / length;
      expect(Math.abs(numeric - slope), `slope ${slope}, numerically ${numeric}`).toBeLessThan(0.01 * (0.1 + Math.abs(slope)));
    }),
    runs,
  );
});

test('tracing changes nothing against the same library op by op, to 2e-6', async () => {
  const eager = await eagerRuntime();
  await fc.assert(
    fc.asyncProperty(randomModels.filter(({ recurrent }) => !recurrent), async (random) => {
      const made = new Case(random);
      expect(distance(await made.step(tensorflow()), await made.step(eager))).toBeLessThan(2e-6);
    }),
    runs,
  );
});

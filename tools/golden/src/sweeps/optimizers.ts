import { buildModel, compileModel, type Runtime, Trainer } from '@trainyard/engine';
import { type JsonObject, parseModel } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';

import { tolerances } from '../comparison.js';
import { type StoredTensor, tensor } from '../reference.js';
import { entry, hasKeys, type Sweep, type SweepResult } from './sweep-result.js';

interface OptimizerCase {
  readonly name: string;
  readonly class_name: string;
  readonly config_given: JsonObject;
  readonly get_config: Readonly<Record<string, number | boolean>>;
  readonly loss: number[];
  readonly weights_after_step: StoredTensor[][];
  readonly optimizer_weights_after: { readonly name: string; readonly value: StoredTensor }[];
}

interface OptimizerSweep {
  readonly model?: JsonObject;
  readonly X: StoredTensor;
  readonly Y: StoredTensor;
  readonly W0: StoredTensor[];
  readonly cases: OptimizerCase[];
}

export const optimizerSweep: Sweep<OptimizerSweep> = {
  matches: (file): file is OptimizerSweep => hasKeys(file, 'X', 'Y', 'W0', 'cases'),
  run: async (file, runtime, result) => {
    for (const optimizer of file.cases) await entry(result, optimizer.name, () => compare(file, optimizer, runtime, result));
  },
};

/** The model of the sweep where its file names none: Dense(5, tanh) on 4 inputs, Dense(3). */
function modelOf(file: OptimizerSweep): JsonObject {
  if (file.model) return file.model;
  const [first, , second] = file.W0.map(({ shape }) => shape);
  const layers = [
    { class_name: 'Dense', config: { name: 'dense_1', units: first?.[1] ?? 0, activation: 'tanh', batch_input_shape: [null, first?.[0] ?? 0] } },
    { class_name: 'Dense', config: { name: 'dense_2', units: second?.[1] ?? 0, activation: 'linear' } },
  ];
  return { class_name: 'Sequential', config: layers, keras_version: '2.0.8' };
}

async function compare(file: OptimizerSweep, optimizer: OptimizerCase, runtime: Runtime, { comparison }: SweepResult): Promise<void> {
  const model = buildModel(parseModel(modelOf(file)));
  const compiled = compileModel(model, { optimizer: { class_name: optimizer.class_name, config: optimizer.config_given }, loss: 'mse' });
  const trainer = new Trainer(compiled, runtime, 0);
  try {
    await trainer.program.load(file.W0.map(tensor));
    compareConfig(optimizer, compiled.optimizer.config, comparison);
    const [X, Y] = [tensor(file.X), tensor(file.Y)];
    for (const [step, theirs] of optimizer.weights_after_step.entries()) {
      const place = `${optimizer.name}, step ${step}`;
      const metrics = await trainer.trainBatch(trainer.standardize({ x: [nth(X, step)], y: [nth(Y, step)] }));
      comparison.number(`${place}, loss`, metrics[0], optimizer.loss[step] ?? NaN, tolerances.history);
      const ours = await trainer.program.getWeights();
      theirs.forEach((weight, i) => comparison.array(`${place}, weight ${i}`, ours[i], tensor(weight), tolerances.optimizers));
    }
    const slots = await trainer.getSlots();
    const stored = optimizer.optimizer_weights_after.filter(({ name }) => !name.includes('iterations'));
    stored.forEach(({ name, value }, i) => comparison.array(`${optimizer.name}, ${name}`, slots[i], tensor(value), tolerances.optimizers));
    if (compiled.optimizer.savesIterations) comparison.exact(`${optimizer.name}, iterations`, trainer.iterations, optimizer.weights_after_step.length);
    comparison.exact(`${optimizer.name}, saves iterations`, compiled.optimizer.savesIterations, stored.length < optimizer.optimizer_weights_after.length);
  } finally {
    trainer.dispose();
  }
}

/** Keras reads its arguments back from float32 variables. */
function compareConfig({ name, get_config: theirs }: OptimizerCase, ours: JsonObject, comparison: SweepResult['comparison']): void {
  for (const [key, value] of Object.entries(theirs)) {
    const mine = ours[key];
    if (typeof value === 'number' && typeof mine === 'number') comparison.number(`${name}, get_config ${key}`, Math.fround(mine), Math.fround(value), { absolute: 0, relative: 0 });
    else comparison.exact(`${name}, get_config ${key}`, mine, value);
  }
}

/** Entry `i` along the first axis. */
function nth(array: NdArray, i: number): NdArray {
  const shape = array.shape.slice(1);
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return { dtype: array.dtype, shape, data: array.data.subarray(i * size, (i + 1) * size) };
}

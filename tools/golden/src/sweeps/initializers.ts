import * as tf from '@tensorflow/tfjs-core';
import { ConfigReader, readConstraint, readInitializer, readRegularizer, type Runtime } from '@trainyard/engine';
import type { JsonObject } from '@trainyard/keras-format';

import { tolerances } from '../comparison.js';
import { type StoredTensor, tensor } from '../reference.js';
import { runOnce } from './run-step.js';
import { entry, hasKeys, type Sweep, type SweepResult } from './sweep-result.js';

interface Named {
  readonly name: string;
  readonly class_name: string;
  readonly config: JsonObject;
}

interface InitializerCase extends Named {
  readonly shape: number[];
  readonly value?: StoredTensor;
  readonly sample_min?: number;
  readonly sample_max?: number;
  readonly sample_std?: number;
  readonly sample_mean?: number;
}

interface InitializerSweep {
  readonly constraints: (Named & { readonly in: StoredTensor; readonly out: StoredTensor })[];
  readonly regularizers: (Named & { readonly in: StoredTensor; readonly value: number })[];
  readonly initializers: InitializerCase[];
}

export const initializerSweep: Sweep<InitializerSweep> = {
  matches: (file): file is InitializerSweep => hasKeys(file, 'constraints', 'regularizers', 'initializers'),
  run: async (file, runtime, result) => {
    for (const constraint of file.constraints)
      await entry(result, constraint.name, async () => {
        const { apply } = readConstraint(reader(constraint), 'it') ?? { apply: (weight: tf.Tensor) => weight };
        const [ours] = await runOnce(runtime, [tensor(constraint.in)], ([weight]) => [apply(weight as tf.Tensor)]);
        result.comparison.array(constraint.name, ours, tensor(constraint.out), tolerances.outputs);
      });
    for (const regularizer of file.regularizers)
      await entry(result, regularizer.name, async () => {
        const { penalty } = readRegularizer(reader(regularizer), 'it') ?? { penalty: () => tf.scalar(0) };
        const [ours] = await runOnce(runtime, [tensor(regularizer.in)], ([weight]) => [penalty(weight as tf.Tensor)]);
        result.comparison.number(regularizer.name, Number(ours?.data[0]), regularizer.value, tolerances.outputs);
      });
    for (const initializer of file.initializers) {
      const name = `${initializer.name} [${initializer.shape.join(', ')}]`;
      await entry(result, name, () => compareInitializer(name, initializer, runtime, result));
    }
  },
};

function reader({ class_name, config }: Named): ConfigReader {
  return new ConfigReader({ it: { class_name, config } }, '');
}

/** Deterministic ones exactly; random ones by their moments, within what chance does to a sample of that size. */
async function compareInitializer(name: string, initializer: InitializerCase, runtime: Runtime, { comparison }: SweepResult): Promise<void> {
  const { draw } = readInitializer(reader(initializer), 'it', 'zeros');
  const [drawn] = await runOnce(runtime, [], () => [draw(initializer.shape, tf.tensor1d([3, 4], 'int32'))]);
  if (initializer.value) {
    comparison.array(name, drawn, tensor(initializer.value), { absolute: 0, relative: 0 });
    return;
  }
  const values = Array.from(drawn?.data ?? [], Number);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  const { sample_std: theirs = NaN, sample_mean: theirMean = NaN, sample_min: least = NaN, sample_max: most = NaN } = initializer;
  const error = theirs / Math.sqrt(values.length);
  comparison.number(`${name}, deviation`, deviation, theirs, { absolute: 5 * error, relative: 0 });
  comparison.number(`${name}, mean`, mean, theirMean, { absolute: 6 * error, relative: 0 });
  const bounded = initializer.class_name !== 'RandomNormal' && initializer.class_name !== 'Orthogonal';
  comparison.number(`${name}, least`, Math.min(...values), least, { absolute: bounded ? 0.1 * theirs : 1.5 * theirs, relative: 0 });
  comparison.number(`${name}, most`, Math.max(...values), most, { absolute: bounded ? 0.1 * theirs : 1.5 * theirs, relative: 0 });
}

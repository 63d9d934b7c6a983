import * as tf from '@tensorflow/tfjs-core';
import { buildModel, compileModel, evaluateArrays, type Metric, metrics, type Runtime, sparseTopKCategoricalAccuracy, topKCategoricalAccuracy, Trainer } from '@trainyard/engine';
import { FormatError, parseModel } from '@trainyard/keras-format';

import { tolerances } from '../comparison.js';
import { type StoredTensor, tensor } from '../reference.js';
import { runOnce } from './run-step.js';
import { entry, hasKeys, type Sweep, type SweepResult } from './sweep-result.js';

interface MetricCase {
  readonly metric: string;
  readonly k: number | null;
  readonly data: string;
  readonly raw: StoredTensor;
  readonly mean: number;
}

interface AccuracyCase {
  readonly units: number;
  readonly activation: string;
  readonly loss: string;
  readonly x: StoredTensor;
  readonly y: StoredTensor;
  readonly w: StoredTensor[];
  readonly metrics_names: string[];
  readonly evaluate_batch4: number[];
}

interface MetricSweep {
  readonly data: Readonly<Record<string, { y_true: StoredTensor; y_pred: StoredTensor }>>;
  readonly cases: MetricCase[];
  readonly auto_accuracy: AccuracyCase[];
}

export const metricSweep: Sweep<MetricSweep> = {
  matches: (file): file is MetricSweep => hasKeys(file, 'data', 'cases', 'auto_accuracy'),
  run: async (file, runtime, result) => {
    for (const metric of file.cases) await entry(result, `${metric.metric} on ${metric.data}`, () => compare(file, metric, runtime, result));
    for (const [i, accuracy] of file.auto_accuracy.entries()) await entry(result, `auto_accuracy[${i}]`, () => compareAccuracy(`auto_accuracy[${i}]`, accuracy, runtime, result));
  },
};

/** The metrics that take a `k`. */
const parametrized: ReadonlyMap<string, (k: number) => Metric> = new Map([
  ['top_k_categorical_accuracy', topKCategoricalAccuracy],
  ['sparse_top_k_categorical_accuracy', sparseTopKCategoricalAccuracy],
]);

async function compare(file: MetricSweep, { metric, k, data: name, raw, mean }: MetricCase, runtime: Runtime, { comparison }: SweepResult): Promise<void> {
  const fn = k === null ? metrics.get(metric) : parametrized.get(metric)?.(k);
  if (!fn) throw new FormatError('unknown_metric', 'metric', `unknown metric "${metric}"${k === null ? '' : ` with k = ${k}`}`);
  const data = file.data[name];
  if (!data) throw new Error(`expected data "${name}", found none`);
  const tolerance = metric === 'mean_absolute_percentage_error' ? tolerances.percentages : tolerances.outputs;
  const [values, average] = await runOnce(runtime, [tensor(data.y_true), tensor(data.y_pred)], ([t, p]) => {
    const scores = fn(t as tf.Tensor, p as tf.Tensor);
    return [scores, tf.mean(scores)];
  });
  comparison.array(`${metric} on ${name}, raw`, values, tensor(raw), tolerance);
  comparison.number(`${metric} on ${name}, mean`, Number(average?.data[0]), mean, tolerance);
}

/** What `accuracy` resolves to, by evaluating a model of one Dense layer in batches of 4. */
async function compareAccuracy(place: string, accuracy: AccuracyCase, runtime: Runtime, { comparison }: SweepResult): Promise<void> {
  const [x, y] = [tensor(accuracy.x), tensor(accuracy.y)];
  const dense = { class_name: 'Dense', config: { name: 'dense_1', units: accuracy.units, activation: accuracy.activation, batch_input_shape: [null, ...x.shape.slice(1)] } };
  const model = buildModel(parseModel({ class_name: 'Sequential', config: [dense], keras_version: '2.0.8' }));
  const trainer = new Trainer(compileModel(model, { optimizer: 'sgd', loss: accuracy.loss, metrics: ['accuracy'] }), runtime, 0);
  try {
    await trainer.program.load(accuracy.w.map(tensor));
    comparison.exact(`${place}, metrics_names`, trainer.compiled.metricsNames, accuracy.metrics_names);
    const evaluated = await evaluateArrays(trainer, trainer.standardize({ x: [x], y: [y] }), 4);
    comparison.numbers(`${place}, evaluate`, evaluated, accuracy.evaluate_batch4, tolerances.history);
  } finally {
    trainer.dispose();
  }
}

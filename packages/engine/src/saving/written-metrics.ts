import { isJsonObject, type Json } from '@trainyard/keras-format';

import type { CompiledModel } from '../compile/compile-model.js';
import { wrapsFunctions } from '../config/keras-version.js';
import { accuracyFor, asksForAccuracy } from '../metrics/registry.js';

/**
 * Metrics of `compile` as a file has them. What was asked for by a function's name, and wrapped to keep that name, is that name again.
 *
 * tf-keras wraps a function once it has seen data, and writes which accuracy `accuracy` has become; of the bare name it makes
 * `categorical_accuracy` when it loads a file, of labels that are numbers too. Its files get what it writes.
 */
export function writtenMetrics(metrics: Json, { model, outputs }: CompiledModel): Json {
  const accuracies = outputs.map(({ lossName }, i) => (wrapsFunctions(model.description.kerasVersion) ? accuracyFor(lossName, model.outputs[i]?.shape.at(-1) ?? null) : undefined));
  if (isJsonObject(metrics) && metrics['class_name'] === undefined)
    return Object.fromEntries(Object.entries(metrics).map(([name, ofOutput]) => [name, written(ofOutput, accuracies[outputs.findIndex((output) => output.name === name)])]));
  if (Array.isArray(metrics) && metrics.length === outputs.length && metrics.some(Array.isArray)) return metrics.map((ofOutput, i) => written(ofOutput, accuracies[i]));
  // For every output: where their accuracies differ, the name has to do.
  return written(metrics, new Set(accuracies).size === 1 ? accuracies[0] : undefined);
}

/** @param accuracy the function that `accuracy` is; undefined where that is left to whoever reads the file. */
function written(metric: Json, accuracy: string | undefined): Json {
  if (Array.isArray(metric)) return metric.map((each) => written(each, accuracy));
  const name = nameAskedFor(metric);
  if (name === undefined) return metric;
  return accuracy !== undefined && asksForAccuracy(name) ? { class_name: 'MeanMetricWrapper', config: { name, dtype: 'float32', fn: accuracy } } : name;
}

function nameAskedFor(metric: Json): string | undefined {
  if (typeof metric === 'string') return metric;
  if (!isJsonObject(metric) || metric['class_name'] !== 'MeanMetricWrapper' || !isJsonObject(metric['config'])) return undefined;
  const { name, fn } = metric['config'];
  return typeof fn === 'string' && fn === name ? fn : undefined;
}

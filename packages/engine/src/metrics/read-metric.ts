import { FormatError, isJsonObject, type Json, quote } from '@trainyard/keras-format';

import { ConfigReader } from '../config/config-reader.js';
import { lookUp } from '../config/identifier.js';
import { lossClasses } from '../losses/read-loss.js';
import type { Metric } from './metric.js';
import { accuracyFor, binaryAccuracyAbove, asksForAccuracy, metricAliases, metrics } from './registry.js';

/** The function of each of later Keras's classes of metrics that is a mean of one. */
const metricClasses: ReadonlyMap<string, string> = new Map([
  ...lossClasses,
  ['Accuracy', 'accuracy'],
  ['BinaryAccuracy', 'binary_accuracy'],
  ['CategoricalAccuracy', 'categorical_accuracy'],
  ['SparseCategoricalAccuracy', 'sparse_categorical_accuracy'],
]);

export interface MetricContext {
  readonly lossName: string;
  readonly lastDimension: number | null;
  /** Whether the model comes from Keras 3, which reports a metric by the name by which it was asked for. */
  readonly keras3: boolean;
}

export interface NamedMetric {
  /** As it is reported, without the output's name. */
  readonly label: string;
  readonly metric: Metric;
}

/**
 * A metric of a compile spec: a function's name, or later Keras's `{class_name, config}`.
 * @throws FormatError at `place`, or at the argument within it that is not supported.
 */
export function readMetric(value: Json | undefined, place: string, context: MetricContext): NamedMetric {
  if (typeof value === 'string') {
    const { name, isAccuracy } = resolve(value, context);
    const metric = context.keras3 && name === 'binary_accuracy' ? binaryAccuracyAbove(0.5) : lookUp(metrics, name, 'metric', place);
    return { label: context.keras3 ? value : isAccuracy ? 'acc' : name, metric };
  }
  if (!isJsonObject(value) || typeof value['class_name'] !== 'string')
    throw new FormatError('invalid_config', place, `expected the name of a metric, or an object with class_name and config, received ${quote(value)}`);
  const config = new ConfigReader(isJsonObject(value['config']) ? value['config'] : {}, `${place}/config`);
  for (const name of ['from_logits', 'label_smoothing']) if (config.has(name) && ![false, 0].includes(config.raw(name) as number)) throw config.refuse(name, 'false or 0');
  // tf-keras wraps a function that was asked for by name.
  const wraps = value['class_name'] === 'MeanMetricWrapper';
  const { name } = resolve(wraps ? config.string('fn') : lookUp(metricClasses, value['class_name'], 'metric', `${place}/class_name`), context);
  const metric = name === 'binary_accuracy' ? binaryAccuracyAbove(config.number('threshold', { otherwise: 0.5 })) : lookUp(metrics, name, 'metric', place);
  return { label: config.string('name', name), metric };
}

function resolve(value: string, { lossName, lastDimension, keras3 }: MetricContext): { name: string; isAccuracy: boolean } {
  const isAccuracy = asksForAccuracy(value);
  if (!isAccuracy) return { name: metricAliases.get(value) ?? value, isAccuracy };
  // Keras 3 goes by the shapes of targets and predictions alone.
  return { name: accuracyFor(keras3 && lossName === 'binary_crossentropy' ? undefined : lossName, lastDimension), isAccuracy };
}

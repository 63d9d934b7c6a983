import * as tf from '@tensorflow/tfjs-core';

import { lossAliases, losses } from '../losses/registry.js';
import type { Metric } from './metric.js';
import { DEFAULT_K, sparseTopKCategoricalAccuracy, topKCategoricalAccuracy } from './top-k.js';

/** Share of entries where round(p) = t. */
const binaryAccuracy: Metric = (target, prediction) => tf.mean(tf.cast(tf.equal(target, tf.round(prediction)), 'float32'), -1);

/** Later Keras's: share of entries where p > threshold says what t, 0 or 1, says. Of predictions beyond [0, 1], rounding makes other numbers. */
export const binaryAccuracyAbove =
  (threshold: number): Metric =>
  (target, prediction) =>
    tf.mean(tf.cast(tf.equal(target, tf.cast(tf.greater(prediction, threshold), 'float32')), 'float32'), -1);

/** 1 where the largest entries of t and p are at the same place. */
const categoricalAccuracy: Metric = (target, prediction) => tf.cast(tf.equal(tf.argMax(target, -1), tf.argMax(prediction, -1)), 'float32');

/** 1 where t, an integer, is the place of p's largest entry. */
const sparseCategoricalAccuracy: Metric = (target, prediction) =>
  tf.cast(tf.equal(tf.max(target, -1), tf.cast(tf.argMax(prediction, -1), 'float32')), 'float32');

const accuracies: readonly (readonly [string, Metric])[] = [
  ['binary_accuracy', binaryAccuracy],
  ['categorical_accuracy', categoricalAccuracy],
  ['sparse_categorical_accuracy', sparseCategoricalAccuracy],
  ['top_k_categorical_accuracy', topKCategoricalAccuracy(DEFAULT_K)],
  ['sparse_top_k_categorical_accuracy', sparseTopKCategoricalAccuracy(DEFAULT_K)],
];

/** The losses that Keras 2.0's metrics module has as metrics too. */
const lossesAsMetrics = [
  'mean_squared_error',
  'mean_absolute_error',
  'mean_absolute_percentage_error',
  'mean_squared_logarithmic_error',
  'hinge',
  'logcosh',
  'squared_hinge',
  'categorical_crossentropy',
  'sparse_categorical_crossentropy',
  'binary_crossentropy',
  'kullback_leibler_divergence',
  'poisson',
  'cosine_proximity',
] as const;

/** By the names under which they are reported. */
export const metrics: ReadonlyMap<string, Metric> = new Map<string, Metric>([
  ...accuracies,
  ...lossesAsMetrics.map((name): [string, Metric] => [name, losses.get(name) as Metric]),
]);

export const metricAliases = lossAliases;

/** Whether a metric is asked for by the name that leaves it to the output which accuracy it is. */
export const asksForAccuracy = (name: string): boolean => name === 'accuracy' || name === 'acc';

/** What `accuracy` means for an output: by its last dimension and its loss. */
export function accuracyFor(lossName: string | undefined, lastDimension: number | null): string {
  if (lastDimension === 1 || lossName === 'binary_crossentropy') return 'binary_accuracy';
  return lossName === 'sparse_categorical_crossentropy' ? 'sparse_categorical_accuracy' : 'categorical_accuracy';
}

import * as tf from '@tensorflow/tfjs-core';
import { FormatError, isJsonObject, type Json, quote } from '@trainyard/keras-format';

import { ConfigReader } from '../config/config-reader.js';
import { lookUp } from '../config/identifier.js';
import { binaryCrossentropyFromLogits, categoricalCrossentropyFromLogits, sparseCategoricalCrossentropyFromLogits } from './from-logits.js';
import type { Loss } from './loss.js';
import { lossAliases, losses } from './registry.js';

/** The function of each of later Keras's classes of losses. CosineSimilarity is not cosine_proximity: it sums where that takes the mean. */
export const lossClasses: ReadonlyMap<string, string> = new Map([
  ['MeanSquaredError', 'mean_squared_error'],
  ['MeanAbsoluteError', 'mean_absolute_error'],
  ['MeanAbsolutePercentageError', 'mean_absolute_percentage_error'],
  ['MeanSquaredLogarithmicError', 'mean_squared_logarithmic_error'],
  ['SquaredHinge', 'squared_hinge'],
  ['Hinge', 'hinge'],
  ['CategoricalHinge', 'categorical_hinge'],
  ['LogCosh', 'logcosh'],
  ['CategoricalCrossentropy', 'categorical_crossentropy'],
  ['SparseCategoricalCrossentropy', 'sparse_categorical_crossentropy'],
  ['BinaryCrossentropy', 'binary_crossentropy'],
  ['KLDivergence', 'kullback_leibler_divergence'],
  ['Poisson', 'poisson'],
]);

const fromLogits: ReadonlyMap<string, Loss> = new Map([
  ['binary_crossentropy', binaryCrossentropyFromLogits],
  ['categorical_crossentropy', categoricalCrossentropyFromLogits],
  ['sparse_categorical_crossentropy', sparseCategoricalCrossentropyFromLogits],
]);

/** A mean over the batch; `auto` is tf-keras's word for it. */
const REDUCTIONS = ['sum_over_batch_size', 'auto'] as const;

export interface NamedLoss {
  /** The name of its function in Keras 2.0. */
  readonly name: string;
  readonly loss: Loss;
}

/**
 * A loss of a compile spec: a function's name, or later Keras's `{class_name, config}` with `from_logits` and
 * `label_smoothing`.
 * @throws FormatError at `place`, or at the argument within it that is not supported.
 */
export function readLoss(value: Json | undefined, place: string): NamedLoss {
  if (typeof value === 'string') {
    const name = lossAliases.get(value) ?? value;
    return { name, loss: lookUp(losses, name, 'loss', place) };
  }
  if (!isJsonObject(value) || typeof value['class_name'] !== 'string')
    throw new FormatError('invalid_config', place, `expected the name of a loss, or an object with class_name and config, received ${quote(value)}`);
  const name = lookUp(lossClasses, value['class_name'], 'loss', `${place}/class_name`);
  const config = new ConfigReader(isJsonObject(value['config']) ? value['config'] : {}, `${place}/config`);
  config.oneOf('reduction', REDUCTIONS, 'sum_over_batch_size');
  if (config.has('axis') && config.integer('axis') !== -1) throw config.refuse('axis', '-1');
  if (config.has('ignore_class')) throw config.refuse('ignore_class', 'null');
  const logits = fromLogits.get(name);
  if (config.boolean('from_logits', false) && !logits) throw config.refuse('from_logits', 'false');
  const loss = config.boolean('from_logits', false) && logits ? logits : lookUp(losses, name, 'loss', place);
  return { name, loss: smoothed(name, loss, config) };
}

/** Targets moved towards ½ (binary) or towards equal shares (categorical) before they are compared. */
function smoothed(name: string, loss: Loss, config: ConfigReader): Loss {
  const smoothing = config.number('label_smoothing', { min: 0, max: 1, otherwise: 0 });
  if (smoothing === 0) return loss;
  if (name === 'binary_crossentropy') return (target, prediction) => loss(tf.add(tf.mul(target, 1 - smoothing), 0.5 * smoothing), prediction);
  if (name === 'categorical_crossentropy')
    return (target, prediction) => loss(tf.add(tf.mul(target, 1 - smoothing), smoothing / (prediction.shape.at(-1) ?? 1)), prediction);
  throw config.refuse('label_smoothing', '0');
}

import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { lookUp, readIdentifier } from '../config/identifier.js';

/** Maps a weight after its update back into what is allowed (Keras 2.0's constraints.py). */
export interface Constraint {
  readonly apply: (this: void, weight: tf.Tensor) => tf.Tensor;
}

/** Keras's backend epsilon, which its constraints and losses add or clip at. */
const EPSILON = 1e-7;

function axes(config: ConfigReader): number[] {
  const value = config.raw('axis') ?? 0;
  const list = Array.isArray(value) ? value : [value];
  if (!list.every((axis) => Number.isSafeInteger(axis)))
    throw new FormatError('invalid_config', config.at('axis'), 'expected an integer or a list of integers');
  return list as number[];
}

function norms(weight: tf.Tensor, along: number[]): tf.Tensor {
  return tf.sqrt(tf.sum(tf.square(weight), along, true));
}

const maxNorm = (config: ConfigReader): Constraint => {
  const max = config.number('max_value', { otherwise: config.has('m') ? config.number('m') : 2 });
  const along = axes(config);
  return {
    apply: (weight) => {
      const norm = norms(weight, along);
      return tf.mul(weight, tf.div(tf.clipByValue(norm, 0, max), tf.add(norm, EPSILON)));
    },
  };
};

const nonNeg = (): Constraint => ({
  apply: (weight) => tf.mul(weight, tf.cast(tf.greaterEqual(weight, 0), 'float32')),
});

const unitNorm = (config: ConfigReader): Constraint => {
  const along = axes(config);
  return { apply: (weight) => tf.div(weight, tf.add(norms(weight, along), EPSILON)) };
};

const minMaxNorm = (config: ConfigReader): Constraint => {
  const min = config.number('min_value', { otherwise: 0 });
  const max = config.number('max_value', { otherwise: 1 });
  const rate = config.number('rate', { otherwise: 1 });
  const along = axes(config);
  return {
    apply: (weight) => {
      const norm = norms(weight, along);
      const desired = tf.add(tf.mul(tf.clipByValue(norm, min, max), rate), tf.mul(norm, 1 - rate));
      return tf.mul(weight, tf.div(desired, tf.add(norm, EPSILON)));
    },
  };
};

const table: ReadonlyMap<string, (config: ConfigReader) => Constraint> = new Map([
  ['MaxNorm', maxNorm],
  ['max_norm', maxNorm],
  ['maxnorm', maxNorm],
  ['NonNeg', nonNeg],
  ['non_neg', nonNeg],
  ['nonneg', nonNeg],
  ['UnitNorm', unitNorm],
  ['unit_norm', unitNorm],
  ['unitnorm', unitNorm],
  ['MinMaxNorm', minMaxNorm],
  ['min_max_norm', minMaxNorm],
]);

/** The constraint in a layer's field; `undefined` where it has none. */
export function readConstraint(reader: ConfigReader, name: string): Constraint | undefined {
  const identifier = readIdentifier(reader, name);
  return identifier && lookUp(table, identifier.name, 'constraint', reader.at(name))(identifier.config);
}

import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { lookUp, readIdentifier } from '../config/identifier.js';

/** A penalty on a weight or an activation: l1·Σ|w| + l2·Σw² (Keras 2.0's regularizers.py; a sum, not a mean). */
export interface Regularizer {
  readonly penalty: (this: void, values: tf.Tensor) => tf.Tensor;
}

/** l1·Σ|w| + l2·Σw². */
export function l1l2(l1: number, l2: number): Regularizer {
  return {
    penalty: (values) => {
      const terms: tf.Tensor[] = [];
      if (l1 !== 0) terms.push(tf.mul(l1, tf.sum(tf.abs(values))));
      if (l2 !== 0) terms.push(tf.mul(l2, tf.sum(tf.square(values))));
      const [first, second] = terms;
      if (!first) return tf.scalar(0);
      return second ? tf.add(first, second) : first;
    },
  };
}

const table: ReadonlyMap<string, (config: ConfigReader) => Regularizer> = new Map([
  ['L1L2', (config: ConfigReader) => l1l2(config.number('l1', { otherwise: 0 }), config.number('l2', { otherwise: 0 }))],
  ['l1_l2', (config: ConfigReader) => l1l2(config.number('l1', { otherwise: 0.01 }), config.number('l2', { otherwise: 0.01 }))],
  ['L1', (config: ConfigReader) => l1l2(config.number('l1', { otherwise: 0.01 }), 0)],
  ['l1', (config: ConfigReader) => l1l2(config.number('l1', { otherwise: 0.01 }), 0)],
  ['L2', (config: ConfigReader) => l1l2(0, config.number('l2', { otherwise: 0.01 }))],
  ['l2', (config: ConfigReader) => l1l2(0, config.number('l2', { otherwise: 0.01 }))],
]);

/** The regularizer in a layer's field; `undefined` where it has none. */
export function readRegularizer(reader: ConfigReader, name: string): Regularizer | undefined {
  const identifier = readIdentifier(reader, name);
  return identifier && lookUp(table, identifier.name, 'regularizer', reader.at(name))(identifier.config);
}

import * as tf from '@tensorflow/tfjs-core';
import type { JsonObject } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';

/** The part of `get_config` that every optimizer shares. */
export function clippingConfig(config: ConfigReader): JsonObject {
  return {
    ...(config.has('clipnorm') ? { clipnorm: config.number('clipnorm', { min: 0 }) } : {}),
    ...(config.has('clipvalue') ? { clipvalue: config.number('clipvalue', { min: 0 }) } : {}),
  };
}

/**
 * Clips gradients as Keras 2.0 does: `clipnorm` by one norm over all gradients (g·c/n where n ≥ c), then `clipvalue`
 * element by element.
 */
export function clipGradients(gradients: readonly tf.Tensor[], config: JsonObject): readonly tf.Tensor[] {
  const { clipnorm, clipvalue } = config;
  let clipped = gradients;
  if (typeof clipnorm === 'number' && clipnorm > 0) {
    const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
    // A select and no branch: scaling by 1 leaves every bit as it is.
    const factor = tf.where(tf.greaterEqual(norm, clipnorm), tf.div(clipnorm, norm), tf.onesLike(norm));
    clipped = clipped.map((gradient) => tf.mul(gradient, factor));
  }
  if (typeof clipvalue === 'number' && clipvalue > 0) clipped = clipped.map((gradient) => tf.clipByValue(gradient, -clipvalue, clipvalue));
  return clipped;
}

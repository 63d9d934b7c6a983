import * as tf from '@tensorflow/tfjs-core';
import type { JsonObject } from '@trainyard/keras-format';

/**
 * Clips gradients as Keras 3 does, by the one argument that is given: `clipnorm` each gradient by its own norm,
 * `global_clipnorm` all by one norm, `clipvalue` element by element.
 */
export function clipGradientsKeras3(gradients: readonly tf.Tensor[], { clipnorm, global_clipnorm: globalNorm, clipvalue }: JsonObject): readonly tf.Tensor[] {
  if (typeof clipnorm === 'number' && clipnorm > 0) return gradients.map((gradient) => scaleTo(gradient, tf.sqrt(tf.sum(tf.square(gradient))), clipnorm));
  if (typeof globalNorm === 'number' && globalNorm > 0) {
    const norm = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))));
    return gradients.map((gradient) => scaleTo(gradient, norm, globalNorm));
  }
  if (typeof clipvalue === 'number' && clipvalue > 0) return gradients.map((gradient) => tf.clipByValue(gradient, -clipvalue, clipvalue));
  return gradients;
}

/** g·c / max(norm, c) */
function scaleTo(gradient: tf.Tensor, norm: tf.Tensor, limit: number): tf.Tensor {
  return tf.div(tf.mul(gradient, limit), tf.maximum(norm, limit));
}

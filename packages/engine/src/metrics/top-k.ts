import * as tf from '@tensorflow/tfjs-core';

import type { Metric } from './metric.js';

/** Keras's default. */
export const DEFAULT_K = 5;

/**
 * Share of rows in which fewer than k classes are predicted above the class that is right: TensorFlow's InTopK, in which
 * equal predictions count for the class, and rows with a prediction that is not finite, or with no such class, against it.
 */
function inTopK(prediction: tf.Tensor, classes: tf.Tensor, k: number): tf.Tensor {
  const count = prediction.shape.at(-1) ?? 1;
  const chosen = tf.cast(tf.oneHot(classes as tf.Tensor1D, count), 'float32');
  const own = tf.sum(tf.where(tf.cast(chosen, 'bool'), prediction, tf.zerosLike(prediction)), -1, true);
  const above = tf.sum(tf.cast(tf.greater(prediction, own), 'float32'), -1);
  const said = tf.logicalAnd(tf.all(tf.isFinite(prediction), -1), tf.greater(tf.sum(chosen, -1), 0));
  // Keras takes the mean itself: masks and weights scale one number.
  return tf.mean(tf.cast(tf.logicalAnd(tf.less(above, k), said), 'float32'), -1);
}

/** Keras's top_k_categorical_accuracy: targets are one-hot. */
export function topKCategoricalAccuracy(k: number): Metric {
  return (target, prediction) => inTopK(prediction, tf.argMax(target, -1), k);
}

/** Keras's sparse_top_k_categorical_accuracy: targets are class numbers. */
export function sparseTopKCategoricalAccuracy(k: number): Metric {
  return (target, prediction) => inTopK(prediction, tf.cast(tf.max(target, -1), 'int32'), k);
}

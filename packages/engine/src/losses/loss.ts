import * as tf from '@tensorflow/tfjs-core';

/** Compares targets with predictions and answers one value a sample (and time step): the mean over the last axis. */
export type Loss = (target: tf.Tensor, prediction: tf.Tensor) => tf.Tensor;

/** Keras's backend epsilon: predictions are clipped to [ε, 1 − ε] before a logarithm. */
export const EPSILON = 1e-7;

export function clipProbabilities(prediction: tf.Tensor): tf.Tensor {
  return tf.clipByValue(prediction, EPSILON, 1 - EPSILON);
}

export function meanLastAxis(values: tf.Tensor): tf.Tensor {
  return tf.mean(values, -1);
}

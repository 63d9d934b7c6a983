import * as tf from '@tensorflow/tfjs-core';

import type { Mask } from '../layers/layer.js';
import type { Loss } from './loss.js';

/**
 * A loss or metric over a batch as one number, with Keras 2.0's way of masking and weighting (training.py,
 * `_weighted_masked_objective`): scores ← scores·mask / mean(mask); then the mean over the axes that the weights lack;
 * scores ← scores·w / mean(w ≠ 0); then the mean. One function for masks, sample weights, class weights and temporal weights.
 *
 * @param weights one number a sample, or one a sample and time step.
 */
export function weightedMean(fn: Loss, target: tf.Tensor, prediction: tf.Tensor, weights?: tf.Tensor, mask?: Mask): tf.Tensor {
  let scores = fn(target, prediction);
  if (mask) {
    const kept = tf.cast(mask, 'float32');
    scores = tf.div(tf.mul(scores, kept), tf.mean(kept));
  }
  if (weights) {
    const extra = scores.shape.map((_, axis) => axis).slice(weights.rank);
    if (extra.length > 0) scores = tf.mean(scores, extra);
    const counted = tf.mean(tf.cast(tf.notEqual(weights, 0), 'float32'));
    scores = tf.div(tf.mul(scores, weights), counted);
  }
  return tf.mean(scores);
}

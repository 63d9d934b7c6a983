import * as tf from '@tensorflow/tfjs-core';

import { type Loss, meanLastAxis } from './loss.js';

// Later Keras's `from_logits=True`: the prediction is taken before its sigmoid or softmax.

/** mean(max(x, 0) − x·t + ln(1 + e^−|x|)) */
export const binaryCrossentropyFromLogits: Loss = (target, x) => meanLastAxis(tf.add(tf.sub(tf.relu(x), tf.mul(x, target)), tf.log1p(tf.exp(tf.neg(tf.abs(x))))));

/** −Σ t·ln softmax(x) over the last axis. */
export const categoricalCrossentropyFromLogits: Loss = (target, x) => tf.neg(tf.sum(tf.mul(target, tf.logSoftmax(x)), -1));

/** The same with integer targets; they are [batch, …, 1] or [batch, …]. */
export const sparseCategoricalCrossentropyFromLogits: Loss = (target, x) => {
  const classes = x.shape.at(-1) ?? 1;
  const chosen = tf.cast(tf.oneHot(tf.cast(tf.reshape(target, [-1]), 'int32'), classes), 'float32');
  const loss = tf.neg(tf.sum(tf.mul(chosen, tf.logSoftmax(tf.reshape(x, [-1, classes]))), -1));
  return tf.reshape(loss, x.shape.slice(0, -1));
};

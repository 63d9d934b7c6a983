import * as tf from '@tensorflow/tfjs-core';

import { clipProbabilities, EPSILON, type Loss, meanLastAxis } from './loss.js';

/** mean over the last axis of sigmoid cross-entropy: p is clipped, its logit x taken, then max(x, 0) − x·t + ln(1 + e^−|x|). */
export const binaryCrossentropy: Loss = (target, prediction) => {
  const p = clipProbabilities(prediction);
  const x = tf.log(tf.div(p, tf.sub(1, p)));
  return meanLastAxis(tf.add(tf.sub(tf.relu(x), tf.mul(x, target)), tf.log1p(tf.exp(tf.neg(tf.abs(x))))));
};

/** −Σ t·ln p over the last axis, p renormalised to sum 1, then clipped. */
export const categoricalCrossentropy: Loss = (target, prediction) => {
  const p = clipProbabilities(tf.div(prediction, tf.sum(prediction, -1, true)));
  return tf.neg(tf.sum(tf.mul(target, tf.log(p)), -1));
};

/** Softmax cross-entropy of ln p (clipped) with integer targets; targets are [batch, …, 1] or [batch, …]. */
export const sparseCategoricalCrossentropy: Loss = (target, prediction) => {
  const classes = prediction.shape.at(-1) ?? 1;
  const logits = tf.reshape(tf.log(clipProbabilities(prediction)), [-1, classes]);
  const chosen = tf.oneHot(tf.cast(tf.reshape(target, [-1]), 'int32'), classes);
  const loss = tf.neg(tf.sum(tf.mul(tf.cast(chosen, 'float32'), tf.logSoftmax(logits)), -1));
  return tf.reshape(loss, prediction.shape.slice(0, -1));
};

/** mean(max(1 − t·p, 0)); targets are −1 or 1, and 0 is not converted. */
export const hinge: Loss = (target, prediction) => meanLastAxis(tf.maximum(tf.sub(1, tf.mul(target, prediction)), 0));

/** mean(max(1 − t·p, 0)²) */
export const squaredHinge: Loss = (target, prediction) => meanLastAxis(tf.square(tf.maximum(tf.sub(1, tf.mul(target, prediction)), 0)));

/** max(0, max((1 − t)·p) − Σ t·p + 1) */
export const categoricalHinge: Loss = (target, prediction) => {
  const positive = tf.sum(tf.mul(target, prediction), -1);
  const negative = tf.max(tf.mul(tf.sub(1, target), prediction), -1);
  return tf.maximum(tf.add(tf.sub(negative, positive), 1), 0);
};

/** Σ t·ln(t / p), both clipped to [ε, 1] */
export const kullbackLeiblerDivergence: Loss = (target, prediction) => {
  const t = tf.clipByValue(target, EPSILON, 1);
  const p = tf.clipByValue(prediction, EPSILON, 1);
  return tf.sum(tf.mul(t, tf.log(tf.div(t, p))), -1);
};

import * as tf from '@tensorflow/tfjs-core';

import { EPSILON, type Loss, meanLastAxis } from './loss.js';

/** mean((p − t)²) */
export const meanSquaredError: Loss = (target, prediction) => meanLastAxis(tf.square(tf.sub(prediction, target)));

/** mean(|p − t|) */
export const meanAbsoluteError: Loss = (target, prediction) => meanLastAxis(tf.abs(tf.sub(prediction, target)));

/** 100 · mean(|t − p| / max(|t|, ε)) */
export const meanAbsolutePercentageError: Loss = (target, prediction) =>
  tf.mul(100, meanLastAxis(tf.abs(tf.div(tf.sub(target, prediction), tf.maximum(tf.abs(target), EPSILON)))));

/** mean((ln(max(p, ε) + 1) − ln(max(t, ε) + 1))²) */
export const meanSquaredLogarithmicError: Loss = (target, prediction) => {
  const log = (values: tf.Tensor): tf.Tensor => tf.log(tf.add(tf.maximum(values, EPSILON), 1));
  return meanLastAxis(tf.square(tf.sub(log(prediction), log(target))));
};

/** mean(ln cosh(p − t)), as d + softplus(−2d) − ln 2 */
export const logcosh: Loss = (target, prediction) => {
  const d = tf.sub(prediction, target);
  return meanLastAxis(tf.sub(tf.add(d, tf.softplus(tf.mul(d, -2))), Math.LN2));
};

/** mean(p − t·ln(p + ε)) */
export const poisson: Loss = (target, prediction) => meanLastAxis(tf.sub(prediction, tf.mul(target, tf.log(tf.add(prediction, EPSILON)))));

/** −mean(t/‖t‖ · p/‖p‖): Keras 2.0's takes the mean of the products where later versions take their sum. */
export const cosineProximity: Loss = (target, prediction) => {
  const normalize = (values: tf.Tensor): tf.Tensor => tf.div(values, tf.sqrt(tf.maximum(tf.sum(tf.square(values), -1, true), 1e-12)));
  return tf.neg(meanLastAxis(tf.mul(normalize(target), normalize(prediction))));
};

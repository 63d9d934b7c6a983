import * as tf from '@tensorflow/tfjs-core';

import { biasAdd } from '../../ops/bias-add.js';

/**
 * x · kernel + bias for all steps in one product; x is [time, batch, features].
 * @param masks dropout of x, [batch, features], the same for all steps: none, one, or one for each gate.
 */
export function denseGates(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor | undefined, masks: readonly tf.Tensor[]): tf.Tensor {
  const [time = 0, batch = 0, features = 0] = x.shape;
  const [, gates = 0] = kernel.shape;
  const project = (sequence: tf.Tensor, matrix: tf.Tensor): tf.Tensor => tf.matMul(tf.reshape(sequence, [time * batch, features]), matrix);
  const parts = masks.length > 1 ? tf.split(kernel, masks.length, -1) : [kernel];
  const products = parts.map((part, i) => project(masks[i] ? tf.mul(x, masks[i]) : x, part));
  const joined = products.length === 1 ? (products[0] as tf.Tensor) : tf.concat(products, -1);
  return tf.reshape(bias ? biasAdd(joined, bias) : joined, [time, batch, gates]);
}

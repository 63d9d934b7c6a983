import * as tf from '@tensorflow/tfjs-core';

/**
 * Repeats each entry along `axis` `times` times, as numpy's repeat does. The gradient is one sum; tfjs's for `tile` adds a
 * slice for every copy, and knows no more than four dimensions.
 */
export function repeat(x: tf.Tensor, axis: number, times: number): tf.Tensor {
  if (times === 1) return x;
  const before = x.shape.slice(0, axis + 1);
  const after = x.shape.slice(axis + 1);
  const spread = [...before, times, ...after];
  const repeated = x.shape.map((length, i) => (i === axis ? length * times : length));
  const op = tf.customGrad((input) => ({
    value: tf.reshape(tf.broadcastTo(tf.reshape(input as tf.Tensor, [...before, 1, ...after]), spread), repeated),
    gradFunc: (dy: tf.Tensor) => tf.sum(tf.reshape(dy, spread), axis + 1),
  }));
  return op(x);
}

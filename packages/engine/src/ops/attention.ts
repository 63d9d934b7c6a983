import * as tf from '@tensorflow/tfjs-core';

/** What is added to the score of a pair that attention must not see, as in Keras: e^-1e9 is 0. */
const UNSEEN = -1e9;

/**
 * Which pairs (query, value) attention may see: where neither mask drops its step and, with `causal`, the value comes no
 * later than the query. Masks are [batch, query or value steps].
 * @returns [batch or 1, query or 1, values] boolean, or undefined: all pairs.
 */
export function attentionMask(lengths: { readonly query: number; readonly value: number }, masks: { readonly query?: tf.Tensor | undefined; readonly values: readonly (tf.Tensor | undefined)[] }, causal: boolean): tf.Tensor | undefined {
  const parts: tf.Tensor[] = [];
  if (masks.query) parts.push(tf.expandDims(masks.query, 2));
  for (const mask of masks.values) if (mask) parts.push(tf.expandDims(mask, 1));
  if (causal) parts.push(causalMask(lengths.query, lengths.value));
  const [first, ...others] = parts.map((part) => tf.cast(part, 'bool'));
  return first && others.reduce((seen, part) => tf.logicalAnd(seen, part), first);
}

/** [1, query, values]: the lower triangle. */
function causalMask(query: number, value: number): tf.Tensor {
  return tf.greaterEqual(tf.reshape(tf.range(0, query, 1, 'int32'), [1, query, 1]), tf.reshape(tf.range(0, value, 1, 'int32'), [1, 1, value]));
}

/** Softmax of scores [..., query, values] over the values that `seen` (of the same rank) allows. */
export function maskedSoftmax(scores: tf.Tensor, seen: tf.Tensor | undefined): tf.Tensor {
  if (!seen) return tf.softmax(scores);
  return tf.softmax(tf.add(scores, tf.mul(tf.sub(1, tf.cast(seen, 'float32')), UNSEEN)));
}

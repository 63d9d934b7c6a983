import * as tf from '@tensorflow/tfjs-core';

import { installGradients } from '../ops/gradients.js';

export interface Differentiated {
  readonly loss: tf.Tensor;
  /** What `f` computed besides the loss. */
  readonly others: tf.Tensor[];
  /** One for each of `xs`; null where the loss does not depend on it. */
  readonly gradients: (tf.Tensor | null)[];
}

/**
 * Gradients of a scalar loss, with further results of the forward pass. tfjs disposes of whatever a differentiated function
 * does not return, so those are kept under a name of their own until the tape is done.
 */
export function differentiate(f: () => { loss: tf.Tensor; others: tf.Tensor[] }, xs: tf.Tensor[]): Differentiated {
  installGradients();
  // A model whose weights are all frozen is trained all the same: normalizations may move their averages.
  if (xs.length === 0) return { ...f(), gradients: [] };
  let kept: tf.Tensor[] = [];
  const { value, grads } = tf.engine().gradients(
    () => {
      const { loss, others } = f();
      kept = others.map((tensor) => tf.keep(tf.clone(tensor)));
      return loss as tf.Scalar;
    },
    xs,
    undefined,
    true,
  );
  const others = kept.map((tensor) => {
    const copy = tf.clone(tensor);
    tensor.dispose();
    return copy;
  });
  return { loss: value, others, gradients: grads };
}

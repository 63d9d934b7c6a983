import * as tf from '@tensorflow/tfjs-core';

import { kernels, runKernel } from './kernels.js';

/**
 * max(x, 0) with TensorFlow's own gradient kernel. tfjs's rule multiplies dy with a step function of x; on a VGG-like model
 * the whole train step takes 235 ms with it and 186 ms with ReluGrad (100×100×3, batch 32, two cores).
 */
export function relu(x: tf.Tensor): tf.Tensor {
  const op = tf.customGrad((input, save) => {
    const value = tf.relu(input as tf.Tensor);
    (save as tf.GradSaveFunc)([value]);
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => runKernel(kernels.reluGrad, { dy, y: saved[0] as tf.Tensor }) };
  });
  return op(x);
}

import * as tf from '@tensorflow/tfjs-core';

/**
 * The same values with no way back to what computed them: gradients treat them as constants, and nothing is computed for
 * it. For conditions: tfjs refuses to differentiate most comparisons, and of others its gradients are tensors of zeros.
 */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  tf.backend().incRef(x.dataId);
  return tf.engine().makeTensorFromTensorInfo({ dataId: x.dataId, shape: x.shape, dtype: x.dtype });
}

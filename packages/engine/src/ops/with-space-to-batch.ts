import * as tf from '@tensorflow/tfjs-core';

/**
 * A dilated convolution (stride 1, channels last) as space-to-batch, a plain convolution without padding and batch-to-space:
 * what tf.nn.convolution does. TensorFlow's CPU kernels have no gradient of a dilated convolution.
 * @param size of the kernel along the spatial axes, as is `dilation`.
 * @param convolve a convolution with stride 1 and padding `valid`.
 */
export function withSpaceToBatch(
  x: tf.Tensor,
  { size, dilation, padding }: { size: readonly number[]; dilation: readonly number[]; padding: 'valid' | 'same' },
  convolve: (x: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const pads: number[][] = [];
  const crops: number[][] = [];
  dilation.forEach((rate, axis) => {
    const total = padding === 'same' ? ((size[axis] ?? 1) - 1) * rate : 0;
    const before = Math.floor(total / 2);
    const padded = (x.shape[axis + 1] ?? 0) + total;
    const extra = (rate - (padded % rate)) % rate;
    pads.push([before, total - before + extra]);
    crops.push([0, extra]);
  });
  return tf.batchToSpaceND(convolve(tf.spaceToBatchND(x, [...dilation], pads)), [...dilation], crops);
}

import type * as tf from '@tensorflow/tfjs-core';

interface Window {
  readonly from: number;
  readonly to: number;
}

function window(at: number, stride: number, before: number, size: number, length: number): Window {
  const start = at * stride - before;
  return { from: Math.max(0, start), to: Math.min(length, start + size) };
}

/**
 * The gradient of AvgPool on the oracle: each output's dy, spread evenly over the cells of its window that are not padding.
 * tfjs's own `cpu` kernel divides by the whole window, padding included, which is not the derivative of its forward kernel.
 */
export function avgPoolGrad(dy: Float32Array, info: tf.backend_util.Conv2DInfo): Float32Array {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
  const dx = new Float32Array(batchSize * inHeight * inWidth * inChannels);
  for (let image = 0; image < batchSize; image++)
    for (let row = 0; row < outHeight; row++)
      for (let column = 0; column < outWidth; column++) {
        const rows = window(row, info.strideHeight, padInfo.top, info.filterHeight, inHeight);
        const columns = window(column, info.strideWidth, padInfo.left, info.filterWidth, inWidth);
        const cells = (rows.to - rows.from) * (columns.to - columns.from);
        for (let channel = 0; channel < inChannels; channel++) {
          const share = (dy[((image * outHeight + row) * outWidth + column) * inChannels + channel] ?? 0) / cells;
          for (let y = rows.from; y < rows.to; y++)
            for (let x = columns.from; x < columns.to; x++) {
              const at = ((image * inHeight + y) * inWidth + x) * inChannels + channel;
              dx[at] = (dx[at] ?? 0) + share;
            }
        }
      }
  return dx;
}

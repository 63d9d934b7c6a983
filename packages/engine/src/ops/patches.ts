import * as tf from '@tensorflow/tfjs-core';

/** `count` entries along `axis`, the first at `start`, `stride` apart; in ops whose gradients tfjs has. */
function every(x: tf.Tensor, axis: number, start: number, stride: number, count: number): tf.Tensor {
  const begin = x.shape.map((_, i) => (i === axis ? start : 0));
  const length = (count - 1) * stride + 1;
  const size = x.shape.map((extent, i) => (i === axis ? length : extent));
  const span = tf.slice(x, begin, size);
  if (stride === 1) return span;
  const padded = tf.pad(span, x.shape.map((_, i): [number, number] => (i === axis ? [0, stride - 1] : [0, 0])));
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const grouped = tf.reshape(padded, [...before, count, stride, ...after]);
  const firsts = tf.slice(grouped, grouped.shape.map(() => 0), grouped.shape.map((extent, i) => (i === axis + 1 ? 1 : extent)));
  return tf.squeeze(firsts, [axis + 1]);
}

/**
 * The windows of `size` over the spatial axes of x [batch, …spatial, channels], without padding:
 * [batch, positions, window, channels], positions and the cells of a window in row-major order. As many slices as a window
 * has cells, where Keras 2.0 takes one for each position.
 */
export function patches(x: tf.Tensor, size: readonly number[], strides: readonly number[]): tf.Tensor {
  const counts = size.map((length, i) => Math.floor(((x.shape[i + 1] ?? 0) - length) / (strides[i] ?? 1)) + 1);
  let cells = [x];
  size.forEach((length, i) => {
    cells = cells.flatMap((cell) => Array.from({ length }, (_, offset) => every(cell, i + 1, offset, strides[i] ?? 1, counts[i] ?? 1)));
  });
  const positions = counts.reduce((product, count) => product * count, 1);
  const [batch = 1, channels = 1] = [x.shape[0], x.shape.at(-1)];
  return tf.stack(cells.map((cell) => tf.reshape(cell, [batch, positions, channels])), 2);
}

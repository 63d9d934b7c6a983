import * as tf from '@tensorflow/tfjs-core';

/**
 * TensorFlow's ResizeBilinear by whole factors along two axes: along the second, then along the first. In ops of its own, as
 * tfjs's gradient of the op forgets about half pixel centers.
 * @param halfPixelCenters positions are those of cells' middles, as in TensorFlow 2; else of their corners, as in 1.
 */
export function resizeBilinear(x: tf.Tensor, [first, second]: readonly [number, number], [rows, columns]: readonly [number, number], halfPixelCenters: boolean): tf.Tensor {
  return interpolate(interpolate(x, second, columns, halfPixelCenters), first, rows, halfPixelCenters);
}

function interpolate(x: tf.Tensor, axis: number, factor: number, halfPixelCenters: boolean): tf.Tensor {
  if (factor === 1) return x;
  const length = x.shape[axis] ?? 1;
  const scale = Math.fround(1 / factor);
  const places = Array.from({ length: length * factor }, (_, i) => (halfPixelCenters ? Math.fround(Math.fround((i + 0.5) * scale) - 0.5) : Math.fround(i * scale)));
  const at = (indices: number[]): tf.Tensor => tf.gather(x, tf.tensor1d(indices, 'int32'), axis);
  const lower = at(places.map((place) => Math.max(0, Math.floor(place))));
  const upper = at(places.map((place) => Math.min(length - 1, Math.max(0, Math.ceil(place)))));
  const shares = tf.reshape(tf.tensor1d(places.map((place) => place - Math.floor(place))), x.shape.map((_, i) => (i === axis ? places.length : 1)));
  return tf.add(lower, tf.mul(tf.sub(upper, lower), shares));
}

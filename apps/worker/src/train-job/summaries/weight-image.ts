import type { NdArray } from '@trainyard/ndarray';
import type { ImageSummary } from '@trainyard/tensorboard';
import { encodeGreyPng } from './png.js';

const mostImages = 3; // of `tf.summary.image`

/**
 * A weight as pictures, as Keras 2.0's TensorBoard shows it: axes of length 1 left out; a matrix lying down, a vector as
 * a column, a stack of three axes as one picture for each entry of the last; nothing for more axes.
 */
export function weightImages(tag: string, weight: NdArray): ImageSummary[] {
  const shape = weight.shape.filter((length) => length !== 1);
  const at = picturesOf(shape);
  if (!at || shape.some((length) => length === 0)) return [];
  const scale = greyScale(weight.data as ArrayLike<number>);
  return Array.from({ length: Math.min(at.count, mostImages) }, (_, picture): ImageSummary => {
    const pixels = new Uint8Array(at.height * at.width);
    for (let y = 0; y < at.height; y++) for (let x = 0; x < at.width; x++) pixels[y * at.width + x] = scale(Number(weight.data[at.index(picture, y, x)]));
    return { kind: 'image', tag: `${tag}/image/${picture}`, height: at.height, width: at.width, channels: 1, png: encodeGreyPng(pixels, at.height, at.width) };
  });
}

interface Pictures {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  index(picture: number, y: number, x: number): number;
}

function picturesOf([a = 1, b = 1, c = 1, ...more]: readonly number[]): Pictures | undefined {
  if (more.length > 0) return undefined;
  if (c > 1) return { count: c, height: a, width: b, index: (picture, y, x) => (y * b + x) * c + picture };
  if (b === 1) return { count: 1, height: a, width: 1, index: (_, y) => y };
  if (a > b) return { count: 1, height: b, width: a, index: (_, y, x) => x * b + y };
  return { count: 1, height: a, width: b, index: (_, y, x) => y * b + x };
}

/**
 * TensorFlow's conversion of floats to bytes (`tf.summary.image`): with negative values 0 becomes 127 and the farthest
 * value 0 or 254, else the largest becomes 255.
 */
function greyScale(values: ArrayLike<number>): (value: number) => number {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const farthest = Math.max(Math.abs(min), Math.abs(max));
  const factor = farthest === 0 ? 0 : min < 0 ? 127 / farthest : 255 / farthest;
  const offset = min < 0 ? 127 : 0;
  return (value) => (Number.isFinite(value) ? Math.round(value * factor + offset) : 255);
}

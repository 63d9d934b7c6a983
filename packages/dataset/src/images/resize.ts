import type { Interpolation } from '@trainyard/protocol';
import type { Pixels } from './pixels.js';
import { filters, type Filter } from './resize-filters.js';

/** An image in another size, pixel for pixel as Pillow's `resize` makes it. */
export function resize(pixels: Pixels, height: number, width: number, interpolation: Interpolation): Pixels {
  if (pixels.height === height && pixels.width === width) return pixels;
  if (interpolation === 'nearest') return nearest(pixels, height, width);
  const filter = filters[interpolation];
  return vertically(horizontally(pixels, width, filter), height, filter);
}

function nearest({ width, height, channels, data }: Pixels, newHeight: number, newWidth: number): Pixels {
  const out = new Uint8Array(newHeight * newWidth * channels);
  const columns = nearestOf(width, newWidth);
  const rows = nearestOf(height, newHeight);
  let to = 0;
  for (let y = 0; y < newHeight; y++) {
    const row = (rows[y] as number) * width;
    for (let x = 0; x < newWidth; x++) {
      const from = (row + (columns[x] as number)) * channels;
      out[to++] = data[from] as number;
      if (channels === 1) continue;
      out[to++] = data[from + 1] as number;
      out[to++] = data[from + 2] as number;
    }
  }
  return { width: newWidth, height: newHeight, channels, data: out };
}

/** Of each new row or column the old one. The places are summed up as Pillow does: rounding decides where two are equally near. */
function nearestOf(size: number, newSize: number): Int32Array {
  const step = size / newSize;
  const places = new Int32Array(newSize);
  for (let i = 0, at = step * 0.5; i < newSize; i++, at += step) places[i] = Math.min(size - 1, Math.floor(at));
  return places;
}

/** Weights are whole numbers of 2^-22: eight bits of a pixel, two for what weights may exceed 1 by, fill a word of 32. */
const fractionBits = 22;
const half = 1 << (fractionBits - 1);

/** Of each new pixel along one axis: the first old one that counts, how many do, and their weights. */
interface Weights {
  readonly first: Int32Array;
  readonly counts: Int32Array;
  /** `most` of them for each new pixel. */
  readonly weights: Int32Array;
  readonly most: number;
}

/** A filter is as wide as a new pixel where the image becomes smaller: every old pixel counts. */
function weightsOf(size: number, newSize: number, { support, weight }: Filter): Weights {
  const scale = size / newSize;
  const width = Math.max(1, scale);
  const reach = support * width;
  const most = Math.ceil(reach) * 2 + 1;
  const [first, counts, weights] = [new Int32Array(newSize), new Int32Array(newSize), new Int32Array(newSize * most)];
  const own = new Float64Array(most);
  for (let i = 0; i < newSize; i++) {
    const center = (i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - reach + 0.5));
    const count = Math.min(size, Math.trunc(center + reach + 0.5)) - from;
    let sum = 0;
    for (let k = 0; k < count; k++) sum += own[k] = weight((k + from - center + 0.5) * (1 / width));
    for (let k = 0; k < count; k++) {
      const share = sum === 0 ? (own[k] as number) : (own[k] as number) / sum;
      weights[i * most + k] = Math.trunc(share * (1 << fractionBits) + (share < 0 ? -0.5 : 0.5));
    }
    first[i] = from;
    counts[i] = count;
  }
  return { first, counts, weights, most };
}

function horizontally(pixels: Pixels, newWidth: number, filter: Filter): Pixels {
  const { width, height, channels, data } = pixels;
  if (width === newWidth) return pixels;
  const out = new Uint8Array(height * newWidth * channels);
  const weights = weightsOf(width, newWidth, filter);
  if (channels === 1) filterGrey(data, width, height, weights, out);
  else filterColours(data, width, height, weights, out);
  return { width: newWidth, height, channels, data: out };
}

function filterGrey(data: Uint8Array, width: number, height: number, { first, counts, weights, most }: Weights, out: Uint8Array): void {
  let to = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < first.length; x++) {
      let sum = half;
      let from = y * width + (first[x] as number);
      let w = x * most;
      for (const end = w + (counts[x] as number); w < end; w++) sum += Math.imul(data[from++] as number, weights[w] as number);
      out[to++] = byteOf(sum);
    }
}

function filterColours(data: Uint8Array, width: number, height: number, { first, counts, weights, most }: Weights, out: Uint8Array): void {
  let to = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < first.length; x++) {
      let [red, green, blue] = [half, half, half];
      let from = (y * width + (first[x] as number)) * 3;
      let w = x * most;
      for (const end = w + (counts[x] as number); w < end; w++, from += 3) {
        const weight = weights[w] as number;
        red += Math.imul(data[from] as number, weight);
        green += Math.imul(data[from + 1] as number, weight);
        blue += Math.imul(data[from + 2] as number, weight);
      }
      out[to++] = byteOf(red);
      out[to++] = byteOf(green);
      out[to++] = byteOf(blue);
    }
}

/** Row by row, so that memory is read as it lies. */
function vertically(pixels: Pixels, newHeight: number, filter: Filter): Pixels {
  const { width, height, channels, data } = pixels;
  if (height === newHeight) return pixels;
  const { first, counts, weights, most } = weightsOf(height, newHeight, filter);
  const rowSize = width * channels;
  const out = new Uint8Array(newHeight * rowSize);
  const sums = new Int32Array(rowSize);
  for (let y = 0, to = 0; y < newHeight; y++) {
    sums.fill(half);
    for (let k = 0; k < (counts[y] as number); k++) {
      const weight = weights[y * most + k] as number;
      const from = ((first[y] as number) + k) * rowSize;
      for (let x = 0; x < rowSize; x++) sums[x] = (sums[x] as number) + Math.imul(data[from + x] as number, weight);
    }
    for (let x = 0; x < rowSize; x++) out[to++] = byteOf(sums[x] as number);
  }
  return { width, height: newHeight, channels, data: out };
}

/** Filters with negative weights overshoot. */
function byteOf(sum: number): number {
  const value = sum >> fractionBits;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { histogram } from './histogram.js';
import { encodeGreyPng } from './png.js';
import { weightImages } from './weight-image.js';

it('a histogram counts every finite number in the bucket that it lies in', () => {
  const values = [-1, -0.5, 0, 0, 1e-13, 2, 1e30, NaN, Infinity];
  const { limits, counts, ...total } = histogram('w', values);
  expect(total).toEqual({ kind: 'histogram', tag: 'w', min: -1, max: 1e30, count: 7, sum: values.slice(0, 7).reduce((a, b) => a + b), sumOfSquares: 1e30 * 1e30 });
  expect([...(counts as Float64Array)].reduce((a, b) => a + b)).toBe(7);
  for (const value of values.slice(0, 7)) {
    const bucket = [...(limits as Float64Array)].findIndex((limit) => limit > value);
    expect(counts[bucket]).toBeGreaterThan(0);
    if (bucket > 0) expect(limits[bucket - 1]).toBeLessThanOrEqual(value);
  }
  expect(histogram('none', [NaN])).toMatchObject({ count: 0, min: 0, max: 0 });
});

it('a PNG holds its pixels', () => {
  const png = Buffer.from(encodeGreyPng(Uint8Array.from([1, 2, 3, 4, 5, 6]), 2, 3));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([3, 2, 8, 0]);
  const length = png.readUInt32BE(33);
  expect([...inflateSync(png.subarray(41, 41 + length))]).toEqual([0, 1, 2, 3, 0, 4, 5, 6]);
});

it('weights are shown as Keras shows them', () => {
  const images = (shape: number[], from = 0) => weightImages('w', { dtype: 'float32', shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + from) });
  const sizes = (shape: number[]) => images(shape).map(({ tag, height, width }) => [tag, height, width]);
  expect(sizes([2, 5])).toEqual([['w/image/0', 2, 5]]);
  expect(sizes([5, 2])).toEqual([['w/image/0', 2, 5]]);
  expect(sizes([4])).toEqual([['w/image/0', 4, 1]]);
  expect(sizes([3, 3, 1, 5])).toEqual([0, 1, 2].map((i) => [`w/image/${i}`, 3, 3]));
  expect(sizes([3, 3, 2, 5])).toEqual([]);
  const pixels = (png: Uint8Array) => inflateSync(Buffer.from(png).subarray(41, -16));
  expect([...pixels(images([2, 2])[0]!.png)]).toEqual([0, 0, 85, 0, 170, 255]);
  expect([...pixels(images([2, 2], -1)[0]!.png)]).toEqual([0, 64, 127, 0, 191, 254]); // -1, 0, 1, 2
});

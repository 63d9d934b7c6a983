import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { partBytes, partsOf } from './parts.js';

async function cut(chunks: number[], partSize: number) {
  const body = Readable.from(chunks.map((length, i) => Buffer.alloc(length, i)));
  const parts: { bytes: Buffer; isLast: boolean }[] = [];
  for await (const part of partsOf(body, () => partSize)) parts.push(part);
  return parts;
}

test.each([
  { chunks: [], sizes: [0] },
  { chunks: [3], sizes: [3] },
  { chunks: [10], sizes: [10] },
  { chunks: [10, 1], sizes: [10, 1] },
  { chunks: [35], sizes: [10, 10, 10, 5] },
  { chunks: [4, 4, 4, 4, 4], sizes: [10, 10] },
  { chunks: [9, 25, 1, 1, 4], sizes: [10, 10, 10, 10] },
])('chunks of $chunks bytes in parts of 10: $sizes', async ({ chunks, sizes }) => {
  const parts = await cut(chunks, 10);
  expect(parts.map(({ bytes }) => bytes.length)).toEqual(sizes);
  expect(parts.map(({ isLast }) => isLast)).toEqual(sizes.map((_, i) => i === sizes.length - 1));
  expect(Buffer.concat(parts.map(({ bytes }) => bytes))).toEqual(Buffer.concat(chunks.map((length, i) => Buffer.alloc(length, i))));
});

test('10,000 parts, each within the limits of S3, hold 430 GiB', () => {
  const sizes = Array.from({ length: 10_000 }, (_, i) => partBytes(i));
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(5 * 2 ** 20);
  expect(Math.max(...sizes)).toBeLessThan(100 * 2 ** 20);
  expect(sizes.reduce((sum, size) => sum + size, 0) / 2 ** 30).toBeGreaterThan(429);
});

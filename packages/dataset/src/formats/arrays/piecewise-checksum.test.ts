import { crc32 } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { combineChecksums } from '@trainyard/ndarray';
import { PiecewiseChecksum } from './piecewise-checksum.js';

test('the checksum of pieces is that of the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (a, b) => {
      expect(combineChecksums(crc32(a), crc32(b), b.length)).toBe(crc32(Buffer.concat([a, b])));
    }),
  );
  const large = randomBytes(5_000_001);
  expect(combineChecksums(crc32(large.subarray(0, 7)), crc32(large.subarray(7)), large.length - 7)).toBe(crc32(large));
});

test('pieces in any order: a byte that is wrong shows with the last one, one that changes later at once', () => {
  const bytes = randomBytes(1000);
  const pieces = [[500, 1000], [0, 20], [20, 500]] as const;
  const range = { start: 100, end: 1100, crc: crc32(bytes) };
  const take = (check: PiecewiseChecksum, content: Buffer) => pieces.map(([from, to]) => check.take(100 + from, content.subarray(from, to)));
  const good = new PiecewiseChecksum(range);
  expect([take(good, bytes), take(good, bytes)]).toEqual([[true, true, true], [true, true, true]]);
  const damaged = Buffer.from(bytes);
  damaged[30]! ^= 1;
  expect(take(new PiecewiseChecksum(range), damaged)).toEqual([true, true, false]);
  expect(take(good, damaged)).toEqual([true, true, false]);
  expect(good.take(100, bytes.subarray(0, 300))).toBe(true); // another cut tells nothing new
});

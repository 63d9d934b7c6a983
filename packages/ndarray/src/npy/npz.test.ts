import { describe, expect, test } from 'vitest';
import { ndarray, type NdArray } from '../ndarray.js';
import { decodeNpz, encodeNpz } from './npz.js';

const x = ndarray('float32', [2, 2], Float32Array.of(1, 2, 3, 4));
const y = ndarray('int64', [3], BigInt64Array.of(5n, 6n, 7n));
const zeros = ndarray('float32', [1000], new Float32Array(1000));
const arrays = new Map<string, NdArray>([
  ['x', x],
  ['größe/y', y],
  ['zeros', zeros],
]);

describe.each([{ compress: false }, { compress: true }])('%j', (options) => {
  test('what is written is read again', () => {
    expect(decodeNpz(encodeNpz(arrays, options))).toEqual(arrays);
  });
  test('only the arrays asked for', () => {
    expect([...decodeNpz(encodeNpz(arrays, options), { only: ['größe/y'] })]).toEqual([['größe/y', y]]);
  });
  test('every file that is cut short is refused', () => {
    const bytes = encodeNpz(arrays, options);
    for (let length = 0; length < bytes.length; length += 7) expect(() => decodeNpz(bytes.subarray(0, length)), `${length} bytes`).toThrow(/the npz file: /);
  });
});

test('compression compresses', () => {
  expect(encodeNpz(arrays, { compress: true }).length).toBeLessThan(encodeNpz(arrays).length / 4);
});

test('the same arrays give the same bytes', () => {
  expect(encodeNpz(arrays)).toEqual(encodeNpz(arrays));
});

test('an array that the file lacks, with those that it has', () => {
  expect(() => decodeNpz(encodeNpz([['x', x]]), { only: ['z'] })).toThrow('array "z": expected in the npz file, which has "x"');
});

test('the limit counts what comes out, not the size of the file', () => {
  const bytes = encodeNpz([['zeros', zeros]], { compress: true });
  expect(bytes.length).toBeLessThan(400);
  expect(() => decodeNpz(bytes, { maxBytes: 4000 })).toThrow('array "zeros": expected arrays of at most 4000 bytes all together, received at least 4128');
});

test('data that were changed do not pass the checksum', () => {
  const bytes = encodeNpz([['x', x]]);
  bytes[170]! ^= 1; // within the stored elements: 30 bytes of header, 5 of name, 128 of .npy header
  expect(() => decodeNpz(bytes)).toThrow('array "x": its checksum does not match its data');
});

test('a size announced too small ends the decompression', () => {
  const bytes = Buffer.from(encodeNpz([['zeros', zeros]], { compress: true }));
  bytes.writeUInt32LE(10, bytes.indexOf('PK\u0001\u0002') + 24);
  expect(() => decodeNpz(bytes)).toThrow('array "zeros": its compressed data cannot be read');
});

test('an array whose data lie beyond the end of the file', () => {
  const bytes = Buffer.from(encodeNpz([['x', x]]));
  bytes.writeUInt32LE(100_000, bytes.indexOf('PK\u0001\u0002') + 20);
  expect(() => decodeNpz(bytes)).toThrow(/^array "x": needs 100000 bytes from byte 35 on, the npz file has \d+ there: \d+ are missing$/);
});

test('zip64: sizes, offset and count in the wide fields', () => {
  expect(decodeNpz(asZip64(Buffer.from(encodeNpz([['x', x]]))))).toEqual(new Map([['x', x]]));
});

test('no zip at all', () => {
  expect(() => decodeNpz(Buffer.from('\u0093NUMPY'))).toThrow('the npz file: expected an npz (a zip archive of .npy files), received something else');
});

/** Rewrites an archive of one member so that all its numbers stand in zip64 fields, as archivers write those beyond 4 GiB. */
function asZip64(zip: Buffer): Buffer {
  const start = zip.indexOf('PK\u0001\u0002');
  const entry = Buffer.from(zip.subarray(start, zip.length - 22));
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  [24, 20, 42].forEach((field, index) => {
    extra.writeBigUInt64LE(BigInt(entry.readUInt32LE(field)), 4 + 8 * index);
    entry.writeUInt32LE(0xffffffff, field);
  });
  entry.writeUInt16LE(extra.length, 30);
  const end = Buffer.alloc(56);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(1n, 32);
  end.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + entry.length + extra.length), 8);
  const last = Buffer.from(zip.subarray(-22));
  last.writeUInt16LE(0xffff, 10);
  last.writeUInt32LE(0xffffffff, 16);
  return Buffer.concat([zip.subarray(0, start), entry, extra, end, locator, last]);
}

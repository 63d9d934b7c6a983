import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ndarray, type NdArray } from '../ndarray.js';
import { NPY_PREFIX_BYTES, npyHeaderBytes, parseNpyHeader } from './npy-header.js';
import { decodeNpy, encodeNpy } from './npy.js';

const golden = join(import.meta.dirname, '../../../../tests/golden');

/** An .npy by the letter of numpy's format description. */
function npy(descr: string, shape: string, data: Uint8Array, { major = 1, fortran = false } = {}): Uint8Array {
  const dict = Buffer.from(`{'descr': ${descr}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }\n`);
  const length = Buffer.alloc(major === 1 ? 2 : 4);
  if (major === 1) length.writeUInt16LE(dict.length);
  else length.writeUInt32LE(dict.length);
  return Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY'), Buffer.from([major, 0]), length, dict, data]);
}
const values = ({ data }: NdArray): (number | bigint)[] => Array.from<number | bigint>(data);

test('reads what numpy wrote', () => {
  const x = decodeNpy(readFileSync(join(golden, 'c01_mlp_binary/x_0.npy')));
  expect(x.dtype).toBe('float32');
  expect(x.shape).toEqual([200, 20]);
  expect(x.data[0]).toBeCloseTo(0.417022, 6); // numpy.random.RandomState(1).rand()
});

test.each([
  ["'<f8'", '00000000000000c0', 'float64', [-2]],
  ["'<f4'", '0000c03f', 'float32', [1.5]],
  ["'>f4'", '3fc00000', 'float32', [1.5]],
  ["'<f2'", '003e007c00fc010000800004', 'float32', [1.5, Infinity, -Infinity, 2 ** -24, -0, 2 ** -14]],
  ["'>f2'", '3e00', 'float32', [1.5]],
  ["'<i8'", '00000000000000f0', 'int64', [-(2n ** 60n)]],
  ["'>i8'", 'fffffffffffffffe', 'int64', [-2n]],
  ["'<i4'", 'feffffff', 'int32', [-2]],
  ["'>i2'", 'fffe', 'int32', [-2]],
  ["'|i1'", 'fe', 'int32', [-2]],
  ["'<u2'", 'feff', 'int32', [65534]],
  ["'<u4'", 'feffffff', 'int64', [4294967294n]],
  ["'|u1'", 'fe', 'uint8', [254]],
  ["'|b1'", '0100', 'bool', [1, 0]],
])('%s, bytes %s, is %s', (descr, hex, dtype, expected) => {
  const array = decodeNpy(npy(descr, `(${expected.length},)`, Buffer.from(hex, 'hex')));
  expect(array.dtype).toBe(dtype);
  expect(array.shape).toEqual([expected.length]);
  expect(values(array)).toEqual(expected);
});

test.each([1, 2, 3])('format %i.0', (major) => {
  expect(decodeNpy(npy("'|u1'", '(2, 1)', Uint8Array.of(5, 6), { major }))).toEqual(ndarray('uint8', [2, 1], Uint8Array.of(5, 6)));
});

test('Fortran order becomes C order', () => {
  // numpy.asfortranarray(numpy.arange(12).reshape(2, 3, 2)): the first axis is the fastest.
  const fortran = Uint8Array.of(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11);
  const array = decodeNpy(npy("'|u1'", '(2, 3, 2)', fortran, { fortran: true }));
  expect(values(array)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('scalars, empty arrays and the long integers of Python 2', () => {
  expect(decodeNpy(npy("'|u1'", '()', Uint8Array.of(7)))).toEqual(ndarray('uint8', [], Uint8Array.of(7)));
  expect(decodeNpy(npy("'<f4'", '(0, 3)', new Uint8Array(0))).shape).toEqual([0, 3]);
  expect(decodeNpy(npy("'|u1'", '(2L, 1L)', Uint8Array.of(1, 2))).shape).toEqual([2, 1]);
});

test.each([
  ndarray('float32', [2, 2], Float32Array.of(1, -2.5, NaN, Infinity)),
  ndarray('float64', [3], Float64Array.of(0.1, 0.2, 0.3)),
  ndarray('int32', [], Int32Array.of(-7)),
  ndarray('int64', [1], BigInt64Array.of(2n ** 62n)),
  ndarray('uint8', [0, 4], new Uint8Array(0)),
  ndarray('bool', [2], Uint8Array.of(1, 0)),
])('what is written is read again: $dtype $shape', (array) => {
  const bytes = encodeNpy(array);
  expect(decodeNpy(bytes)).toEqual(array);
  expect(parseNpyHeader(bytes).dataOffset % 64).toBe(0);
});

test('a streaming reader learns from twelve bytes how many the header has', () => {
  const bytes = encodeNpy(ndarray('float32', [2], Float32Array.of(1, 2)));
  const needed = npyHeaderBytes(bytes.subarray(0, NPY_PREFIX_BYTES));
  expect(parseNpyHeader(bytes.subarray(0, needed))).toMatchObject({ shape: [2], dataOffset: needed, dataBytes: 8, fortranOrder: false });
});

describe('what is refused, by name', () => {
  const cut = encodeNpy(ndarray('float32', [2, 3], new Float32Array(6)));
  test.each<[string, Uint8Array, string]>([
    ['object arrays', npy("'|O'", '(1,)', Uint8Array.of(0x80)), 'array "x": expected one of f8, f4, f2, i8, i4, i2, i1, u4, u2, u1, b1, received dtype |O: Python objects'],
    ['text', npy("'<U5'", '(1,)', new Uint8Array(20)), 'received dtype <U5: text'],
    ['records', npy("[('a', '<f4')]", '(1,)', new Uint8Array(4)), 'structured records'],
    ['complex numbers', npy("'<c8'", '(1,)', new Uint8Array(8)), 'complex numbers'],
    ['unsigned 64-bit integers', npy("'<u8'", '(1,)', new Uint8Array(8)), 'astype("int64")'],
    ['data cut short', cut.subarray(0, cut.length - 5), 'shape (2, 3) of float32 needs 24 bytes of data, the file has 19: 5 are missing'],
    ['a header cut short', cut.subarray(0, 40), 'the header needs 128 bytes, the file ends after 40'],
    ['other files', Buffer.from('PK\u0003\u0004 not an npy'), 'expected an .npy'],
    ['an empty file', new Uint8Array(0), 'received 0 bytes in all'],
    ['other versions', npy("'<f4'", '()', new Uint8Array(4), { major: 4 }), 'expected npy version 1.0, 2.0 or 3.0, received 4.0'],
    ['a header without a shape', npy("'<f4', 'other': 1", '3', new Uint8Array(4)), 'expected a header with descr, fortran_order and shape'],
    ['negative dimensions', npy("'<f4'", '(-1,)', new Uint8Array(4)), 'expected a header with descr, fortran_order and shape'],
    ['a shape beyond memory', npy("'<f4'", '(9007199254740993, 9007199254740993)', new Uint8Array(4)), 'expected a shape that memory can hold'],
  ])('%s', (_name, bytes, message) => {
    expect(() => decodeNpy(bytes, 'array "x"')).toThrow(message);
    expect(() => decodeNpy(bytes, 'array "x"')).toThrow(/^array "x": /);
  });
});

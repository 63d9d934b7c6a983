import { expect, test } from 'vitest';
import { viewBytes } from './dtype.js';
import { cast, concatRows, gatherRows, ndarray, sliceRows } from './ndarray.js';

test('an array holds as many elements as its shape', () => {
  expect(() => ndarray('float32', [2, 3], new Float32Array(5))).toThrow('an array of shape [2, 3] holds 6 elements, received 5');
});

test('casts convert as C does', () => {
  const array = ndarray('float32', [3], Float32Array.of(-1.9, 0, 2.5));
  expect(cast(array, 'int32').data).toEqual(Int32Array.of(-1, 0, 2));
  expect(cast(array, 'int64').data).toEqual(BigInt64Array.of(-1n, 0n, 2n));
  expect(cast(array, 'bool').data).toEqual(Uint8Array.of(1, 0, 1));
  expect(cast(cast(array, 'int64'), 'float64').data).toEqual(Float64Array.of(-1, 0, 2));
  expect(cast(array, 'float32')).toBe(array);
});

test('rows: views, picks, joins', () => {
  const array = ndarray('int32', [3, 2], Int32Array.of(1, 2, 3, 4, 5, 6));
  expect(sliceRows(array, 1, 9)).toEqual(ndarray('int32', [2, 2], Int32Array.of(3, 4, 5, 6)));
  expect(gatherRows(array, Uint32Array.of(2, 0, 2))).toEqual(ndarray('int32', [3, 2], Int32Array.of(5, 6, 1, 2, 5, 6)));
  expect(concatRows([sliceRows(array, 2, 3), sliceRows(array, 0, 1)])).toEqual(ndarray('int32', [2, 2], Int32Array.of(5, 6, 1, 2)));
  expect(() => concatRows([array, cast(array, 'float32')])).toThrow('expected int32 rows of shape [2], received float32 of [2]');
});

test('bytes that do not lie aligned are copied, those of a Buffer too', () => {
  const bytes = Buffer.from(new Uint8Array(new ArrayBuffer(12))).subarray(1, 9);
  bytes.writeFloatLE(1.5, 4);
  expect(viewBytes('float32', bytes)).toEqual(Float32Array.of(0, 1.5));
});

import { allocate, type DType, type TypedArray } from './dtype.js';

/** A dense array in C order, as plain data: nothing to dispose of, may cross a thread. */
export interface NdArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** `sizeOf(shape)` elements. */
  readonly data: TypedArray;
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/**
 * @throws RangeError when `data` does not hold exactly `sizeOf(shape)` elements.
 */
export function ndarray(dtype: DType, shape: readonly number[], data: TypedArray): NdArray {
  if (data.length !== sizeOf(shape))
    throw new RangeError(`an array of shape [${shape.join(', ')}] holds ${sizeOf(shape)} elements, received ${data.length}`);
  return { dtype, shape, data };
}

/** The same array with elements of another dtype, by C's conversions; the array itself where it has that dtype. */
export function cast(array: NdArray, dtype: DType): NdArray {
  if (array.dtype === dtype) return array;
  const from = array.data;
  const to = allocate(dtype, from.length);
  if (to instanceof BigInt64Array) for (let i = 0; i < from.length; i++) to[i] = BigInt(Math.trunc(Number(from[i])));
  else if (dtype === 'bool') for (let i = 0; i < from.length; i++) to[i] = Number(from[i]) === 0 ? 0 : 1;
  else if (from instanceof BigInt64Array) for (let i = 0; i < from.length; i++) to[i] = Number(from[i]);
  else to.set(from);
  return { dtype, shape: array.shape, data: to };
}

/** Rows `[start, end)` along the first axis, as a view: no copy. */
export function sliceRows(array: NdArray, start: number, end: number): NdArray {
  const [rows = 0, ...rest] = array.shape;
  const stop = Math.min(end, rows);
  const row = sizeOf(rest);
  return { dtype: array.dtype, shape: [stop - start, ...rest], data: array.data.subarray(start * row, stop * row) };
}

/**
 * The rows named by `indices[start, end)`, copied one behind the other.
 * @param into where they are copied to: elements of the array's dtype, at least as many as are needed. Default: a new array.
 */
export function gatherRows(array: NdArray, indices: Uint32Array, start = 0, end = indices.length, into?: TypedArray): NdArray {
  const rest = array.shape.slice(1);
  const row = sizeOf(rest);
  const length = (end - start) * row;
  const out = into?.subarray(0, length) ?? allocate(array.dtype, length);
  for (let i = start, at = 0; i < end; i++, at += row) {
    const from = (indices[i] ?? 0) * row;
    // `never`: both arrays have the same dtype, which the compiler cannot see.
    out.set(array.data.subarray(from, from + row) as never, at);
  }
  return { dtype: array.dtype, shape: [end - start, ...rest], data: out };
}

/** The arrays one after the other along the first axis; all have the same dtype and row shape. */
export function concatRows(arrays: readonly NdArray[]): NdArray {
  const [first] = arrays;
  if (!first) throw new RangeError('concatRows: expected at least one array, received none');
  const rest = first.shape.slice(1);
  const rows = arrays.reduce((sum, array) => sum + (array.shape[0] ?? 0), 0);
  const out = allocate(first.dtype, rows * sizeOf(rest));
  let at = 0;
  for (const array of arrays) {
    if (array.dtype !== first.dtype || array.shape.slice(1).join() !== rest.join())
      throw new RangeError(`concatRows: expected ${first.dtype} rows of shape [${rest.join(', ')}], received ${array.dtype} of [${array.shape.slice(1).join(', ')}]`);
    out.set(array.data as never, at);
    at += array.data.length;
  }
  return { dtype: first.dtype, shape: [rows, ...rest], data: out };
}

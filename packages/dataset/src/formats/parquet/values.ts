import { allocate, sizeOf, type DType, type TypedArray } from '@trainyard/ndarray';
import type { ColumnType } from '../../columns/column-type.js';
import { numbers, texts, type ColumnValues } from '../../columns/column-values.js';
import { DataError } from '../../data-error.js';
import { GrowingArray } from '../growing-array.js';
import type { Marks } from '../marks.js';
import { missingValue } from '../missing.js';
import type { ColumnRequest } from '../table.js';

/** Decoded rows as values of their column. @param place of a row of these */
export function valuesOf(type: ColumnType, request: ColumnRequest, rows: ArrayLike<unknown>, marks: Marks, place: (row: number) => string): ColumnValues {
  const missing = (row: number) => {
    if (request.missing === 'error') throw missingValue(place(row), { numbers: 'a number', sequences: 'a list', text: 'text', bytes: 'bytes' }[type.kind]);
    marks.set(row);
  };
  const isMissing = (value: unknown, row: number): value is null | undefined => (value === null || value === undefined ? (missing(row), true) : false);
  switch (type.kind) {
    case 'text':
      return texts(Array.from(rows, (value, row) => (isMissing(value, row) ? '' : String(value as string | number | bigint | boolean))));
    case 'bytes':
      return { kind: 'bytes', items: Array.from(rows, (value, row) => (isMissing(value, row) ? new Uint8Array() : Uint8Array.from(value as Uint8Array))) };
    case 'numbers': {
      if (type.shape.length === 0) return scalars(type.dtype, rows, isMissing, place);
      const width = sizeOf(type.shape);
      const data = new GrowingArray(type.dtype, rows.length * width);
      for (let row = 0; row < rows.length; row++) {
        const value = rows[row];
        if (isMissing(value, row)) data.append(allocate(type.dtype, width).fill(emptyOf(type.dtype) as never));
        else visit(value, type.shape, type.dtype, () => place(row), (element) => data.push(element));
      }
      return numbers({ dtype: type.dtype, shape: [rows.length, ...type.shape], data: data.finish() });
    }
    case 'sequences': {
      const offsets = new Uint32Array(rows.length + 1);
      const data = new GrowingArray(type.dtype, rows.length * 4);
      for (let row = 0; row < rows.length; row++) {
        const value = rows[row];
        if (!isMissing(value, row)) for (const element of value as Iterable<unknown>) visit(element, type.shape, type.dtype, () => place(row), (number) => data.push(number));
        offsets[row + 1] = data.length / sizeOf(type.shape);
      }
      return { kind: 'sequences', dtype: type.dtype, shape: type.shape, offsets, data: data.finish() };
    }
  }
}

function scalars(dtype: DType, rows: ArrayLike<unknown>, isMissing: (value: unknown, row: number) => boolean, place: (row: number) => string): ColumnValues {
  const typed = asTyped(rows, dtype);
  if (typed) return numbers({ dtype, shape: [rows.length], data: typed });
  const data = allocate(dtype, rows.length);
  const empty = emptyOf(dtype);
  for (let row = 0; row < rows.length; row++) {
    const value = rows[row];
    if (typeof value === 'number' && dtype !== 'int64') data[row] = value;
    else data[row] = (isMissing(value, row) ? empty : element(value, dtype, () => place(row)));
  }
  return numbers({ dtype, shape: [rows.length], data });
}

/** A copy of rows that are of the dtype already. */
function asTyped(rows: ArrayLike<unknown>, dtype: DType): TypedArray | undefined {
  if (rows instanceof Float32Array && dtype === 'float32') return rows.slice();
  if (rows instanceof Float64Array && dtype === 'float64') return rows.slice();
  if (rows instanceof Int32Array && dtype === 'int32') return rows.slice();
  return rows instanceof BigInt64Array && dtype === 'int64' ? rows.slice() : undefined;
}

function visit(value: unknown, shape: readonly number[], dtype: DType, place: () => string, take: (element: number | bigint) => void, axis = 0): void {
  if (axis === shape.length) return take(element(value, dtype, place));
  if (!Array.isArray(value) || value.length !== shape[axis])
    throw new DataError(place(), `expected a list of ${shape[axis]}, as in the first rows, received ${Array.isArray(value) ? `one of ${value.length}` : 'nothing'}; for lists of different lengths declare "parquet": {"sequences": [the column]}`);
  for (const inner of value) visit(inner, shape, dtype, place, take, axis + 1);
}

function element(value: unknown, dtype: DType, place: () => string): number | bigint {
  if (value === null || value === undefined) throw new DataError(place(), 'expected numbers in a list, received nothing in place of one');
  if (dtype !== 'int64') return Number(value);
  const integer = BigInt(value as number | bigint);
  if (BigInt.asIntN(64, integer) !== integer) throw new DataError(place(), `expected a whole number that int64 holds, received ${integer}`);
  return integer;
}

function emptyOf(dtype: DType): number | bigint {
  if (dtype === 'float32' || dtype === 'float64') return NaN;
  return dtype === 'int64' ? 0n : 0;
}

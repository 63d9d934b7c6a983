import { allocate, sizeOf, type DType, type NdArray, type TypedArray } from '@trainyard/ndarray';
import { DataError } from '../data-error.js';
import { describeType, type ColumnType } from '../columns/column-type.js';
import { numbers, texts } from '../columns/column-values.js';
import type { ColumnTransform } from './transform.js';

/** A value for rows that have none, and for NaN. */
export function fill(value: number | string, pointer: string): ColumnTransform {
  return {
    pointer,
    handlesMissing: true,
    typeAfter: (before, column) => {
      const problem = misfit(before, value);
      if (problem !== undefined) throw new DataError(`column ${JSON.stringify(column)}`, problem, { pointer: `${pointer}/fill/value` });
      return before;
    },
    apply: (values, _before, { missing }) => {
      if (typeof value === 'string') return values.kind === 'text' && missing ? texts(values.texts.map((text, row) => (missing[row] === 1 ? value : text))) : values;
      if (values.kind === 'numbers') return numbers(filled(values.array, missing, value));
      if (values.kind === 'sequences') return { ...values, data: withoutNaN(values.data, values.dtype, value) };
      return values;
    },
  };
}

function misfit(type: ColumnType, value: number | string): string | undefined {
  if (type.kind === 'bytes') return `expected numbers or words here, received ${describeType(type)}; leave out such rows with drop_rows`;
  if (type.kind === 'text') return typeof value === 'string' ? undefined : `expected a text to fill in for words, received ${value}`;
  if (typeof value === 'string') return `expected a number to fill in for ${describeType(type)}, received ${JSON.stringify(value)}`;
  if (isFloat(type.dtype) || representable(type.dtype, value)) return undefined;
  return `expected a number of the dtype ${type.dtype} to fill in, received ${value}; add a cast before`;
}

function representable(dtype: DType, value: number): boolean {
  if (!Number.isSafeInteger(value)) return false;
  const one = allocate(dtype, 1);
  one[0] = one instanceof BigInt64Array ? (BigInt(value)) : value;
  return Number(one[0]) === value && (dtype !== 'bool' || value <= 1);
}

function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64';
}

/** All numbers of a missing row, and every NaN. */
function filled({ dtype, shape, data }: NdArray, missing: Uint8Array | undefined, value: number): NdArray {
  const out = withoutNaN(data, dtype, value);
  if (!missing?.includes(1)) return { dtype, shape, data: out };
  const copy = out === data ? data.slice() : out;
  const perRow = sizeOf(shape.slice(1));
  const element = copy instanceof BigInt64Array ? BigInt(value) : value;
  for (const [row, flag] of missing.entries()) if (flag === 1) copy.fill(element as never, row * perRow, (row + 1) * perRow);
  return { dtype, shape, data: copy };
}

/** The data itself where there is no NaN in it. */
function withoutNaN(data: TypedArray, dtype: DType, value: number): TypedArray {
  if (!isFloat(dtype) || data instanceof BigInt64Array || !data.some(Number.isNaN)) return data;
  return data.map((element) => (Number.isNaN(element) ? value : element));
}

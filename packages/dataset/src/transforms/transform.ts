import type { NdArray } from '@trainyard/ndarray';
import type { ColumnType } from '../formats/table.js';

export type ColumnValues = NdArray | readonly string[];

/** One change of a column, row by row. */
export interface ColumnTransform {
  /** Within the source, as `/transforms/0`. */
  readonly pointer: string;
  /** What the column holds afterwards. @throws DataError when the change does not fit what it holds before */
  typeAfter(before: ColumnType, column: string): ColumnType;
  /** @param place of a row of these values, for messages */
  apply(values: ColumnValues, before: ColumnType, place: (row: number) => string): NdArray;
}

/** Words belong to to_categorical alone, which `typeAfter` has made sure of. */
export function numbersOf(values: ColumnValues): NdArray {
  if (isArray(values)) return values;
  throw new TypeError('expected numbers, received words');
}

export function isArray(values: ColumnValues): values is NdArray {
  return 'dtype' in values;
}

/** What arithmetic on a column gives: float64 where it was that, else float32. */
export function floatType(before: ColumnType): ColumnType {
  return { ...before, dtype: before.dtype === 'float64' ? 'float64' : 'float32' };
}

import type { DType } from '@trainyard/ndarray';
import type { ColumnType } from '../../columns/column-type.js';
import { DataError } from '../../data-error.js';

/**
 * What a column of lists is, as the rows of the first row group tell: numbers where all lists have one shape, else sequences.
 * @param depth how many lists lie around a number
 * @param sequence it was declared to be one
 */
export function listType(rows: readonly unknown[], dtype: DType, depth: number, sequence: boolean, place: (row: number) => string): ColumnType {
  const there = rows.flatMap((value, row) => (Array.isArray(value) ? [{ value: value as readonly unknown[], row }] : []));
  const model = there.find(({ value }) => value.length > 0);
  const shape = model ? shapeOf(model.value, depth) : [0];
  const alike = model !== undefined && there.every(({ value }) => value.length === model.value.length);
  if (shape.slice(1).includes(0)) throw new DataError(place(model?.row ?? 0), 'expected lists with something in them, received an empty one within another');
  if (alike && !sequence) return { kind: 'numbers', dtype, shape, parsed: false };
  return { kind: 'sequences', dtype, shape: shape.slice(1), parsed: false };
}

/** By the first elements: that the others are alike is checked when they are read. */
function shapeOf(value: unknown, depth: number): number[] {
  if (depth === 0 || !Array.isArray(value)) return [];
  return [value.length, ...shapeOf(value[0], depth - 1)];
}

import { NpyError, readElements, readTexts, sizeOf, type NpyHeader } from '@trainyard/ndarray';
import type { ColumnType } from '../../columns/column-type.js';
import { numbers, texts, type ColumnValues } from '../../columns/column-values.js';

/** What the rows of an array are: numbers, or text where each row is one. */
export function npyType({ layout, shape }: NpyHeader): ColumnType {
  return layout.text ? { kind: 'text' } : { kind: 'numbers', dtype: layout.dtype, shape: shape.slice(1), parsed: false };
}

export function npyRowBytes({ layout, shape }: NpyHeader): number {
  return sizeOf(shape.slice(1)) * layout.bytes;
}

/** Rows from their bytes. @throws NpyError for text that is not valid */
export function npyValues(place: string, { layout, shape }: NpyHeader, bytes: Uint8Array, rows: number): ColumnValues {
  const own = [rows, ...shape.slice(1)];
  if (layout.text) return texts(readTexts(layout, bytes, rows, place));
  return numbers({ dtype: layout.dtype, shape: own, data: readElements(layout, bytes, sizeOf(own)) });
}

/** @throws NpyError for an array of texts that has more than one in each row */
export function textHeader(header: NpyHeader, place: string): NpyHeader {
  const { layout, shape } = header;
  if (layout.text && (sizeOf(shape.slice(1)) !== 1 || layout.bytes === 0)) throw new NpyError(place, `expected one text in each row, received rows of shape [${shape.slice(1).join(', ')}]${layout.bytes === 0 ? ' without room for a character' : ''}; save each column of them on its own`);
  return header;
}

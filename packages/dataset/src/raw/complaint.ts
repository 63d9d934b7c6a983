import { DataError } from '../data-error.js';
import type { Marks } from '../formats/marks.js';
import type { ColumnRequest } from '../formats/table.js';
import type { RawRows } from './raw-rows.js';

/** What is done about values of a column that cannot be used. */
export interface Complaint {
  /** A row has no value. @throws DataError unless the column's transforms deal with it */
  readonly missing: (row: number, expected: string, received: unknown) => void;
  readonly fault: (row: number, expected: string, received: unknown, remedy?: string) => DataError;
}

/** @param marks where rows without a value are set, where the request wants that */
export function complaintOf(rows: RawRows, { name, missing: dealtWith }: ColumnRequest, marks: Marks): Complaint {
  const fault: Complaint['fault'] = (row, expected, received, remedy) =>
    new DataError(rows.place(row, name), `expected ${expected}, received ${describeRaw(received)}${remedy === undefined ? '' : `; ${remedy}`}`);
  const missing: Complaint['missing'] = (row, expected, received) => {
    if (dealtWith === 'error') throw fault(row, expected, received, typeof received === 'string' ? 'that stands for a missing value' : undefined);
    marks.set(row);
  };
  return { missing, fault };
}

/** As messages name what was sent. */
function describeRaw(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

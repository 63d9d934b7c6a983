import { bytesPerElement, sizeOf, viewBytes } from '@trainyard/ndarray';
import type { ColumnType, InputColumn, SourceFormat } from '@trainyard/protocol';
import type { NumbersType } from '../columns/column-type.js';
import type { ColumnValues } from '../columns/column-values.js';
import { DataError } from '../data-error.js';
import { readJsonValues } from '../formats/jsonl/values.js';
import { binaryNoun, bytesOf, isBinary, type Binary } from './binary.js';
import type { Complaint } from './complaint.js';
import type { RawRows } from './raw-rows.js';

/** The formats whose text has no word for what is missing but nothing. */
const blankIsMissing: ReadonlySet<SourceFormat> = new Set(['npz', 'npy', 'h5']);

/**
 * A column of raw rows, as files of the format would have given it: any but csv.
 * @throws DataError that points to a value which cannot be used
 */
export function rawColumn({ name, type }: InputColumn, format: SourceFormat, rows: RawRows, complaint: Complaint): ColumnValues {
  const values = rows.column(name);
  const missing = (row: number) => complaint.missing(row, nounOf(type), values[row]);
  if (type.kind === 'bytes') return { kind: 'bytes', items: values.map((value, row) => (isNone(value) ? (missing(row), new Uint8Array()) : bytesOf(value, row, complaint))) };
  const given = values.map((value, row) => (isNone(value) ? undefined : prepared(value, type, format, row, complaint)));
  return readJsonValues(type, given, missing, (row, problem) => new DataError(rows.place(row, name), problem));
}

function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

/** A value as lines of JSON have it; `undefined` for none. */
function prepared(value: unknown, type: ColumnType, format: SourceFormat, row: number, complaint: Complaint): unknown {
  if (type.kind === 'text') return wordOf(value, format, row, complaint);
  return type.kind === 'numbers' && isBinary(value) ? elementsOf(value, type, row, complaint) : value;
}

/** Numbers are words by their digits, as where files have them; of a fraction nobody knows how many of them. */
function wordOf(value: unknown, format: SourceFormat, row: number, { fault }: Complaint): string | undefined {
  if (typeof value === 'string') return value === '' && blankIsMissing.has(format) ? undefined : value;
  if (typeof value === 'boolean' || Number.isSafeInteger(value) || (typeof value === 'number' && format === 'jsonl')) return String(value);
  throw fault(row, 'text', value);
}

/** A row's elements, little-endian. */
function elementsOf(value: Binary, { dtype, shape }: NumbersType, row: number, complaint: Complaint): ArrayBufferView {
  const bytes = bytesOf(value, row, complaint);
  const size = sizeOf(shape) * bytesPerElement(dtype);
  if (bytes.length === size) return viewBytes(dtype, bytes);
  throw complaint.fault(row, `base64 of ${size} bytes, the ${dtype} elements of shape [${shape.join(', ')}]`, value.b64);
}

function nounOf(type: ColumnType): string {
  switch (type.kind) {
    case 'numbers':
      return type.shape.length > 0 ? `a list of numbers of shape [${type.shape.join(', ')}]` : type.dtype === 'bool' ? 'true or false' : 'a number';
    case 'sequences':
      return 'a list of numbers';
    case 'text':
      return 'text';
    case 'bytes':
      return binaryNoun;
  }
}

import type { ColumnType, InputColumn } from '@trainyard/protocol';
import { numbers, texts, type ColumnValues } from '../columns/column-values.js';
import type { CsvSyntax } from '../formats/csv/syntax.js';
import { isBlank, isMissing, nounOf, NumberParser } from '../formats/csv/values.js';
import type { Complaint } from './complaint.js';

/**
 * Values of a csv's column: text is what stands in a field of the file, so that `decimal` and `na_values` mean what they
 * mean there; a number is the field that says it.
 */
export function csvColumn({ type, missing }: InputColumn, syntax: CsvSyntax, values: readonly unknown[], complaint: Complaint): ColumnValues {
  switch (type.kind) {
    case 'text':
      return words(missing === 'mark' ? isMissing : isBlank, syntax, values, complaint);
    case 'numbers':
      return parsed(type, syntax, values, complaint);
    case 'sequences':
    case 'bytes':
      throw new Error(`a csv has no ${type.kind}`);
  }
}

/** A number is refused: of `02134` and `3.0` it has lost what makes them the words that training knows. */
function words(isNone: typeof isBlank, syntax: CsvSyntax, values: readonly unknown[], { missing, fault }: Complaint): ColumnValues {
  return texts(
    values.map((value, row) => {
      if (value !== undefined && value !== null && typeof value !== 'string') throw fault(row, 'text', value, 'send the text that stands in the file');
      if (typeof value === 'string' && !isNone(value, syntax)) return value;
      missing(row, 'text', value);
      return '';
    }),
  );
}

function parsed({ dtype }: ColumnType & { kind: 'numbers' }, syntax: CsvSyntax, values: readonly unknown[], { missing, fault }: Complaint): ColumnValues {
  const parser = new NumberParser(dtype, values.length, syntax);
  const { data } = parser;
  const noun = nounOf(dtype);
  for (const [row, value] of values.entries()) {
    if (dtype === 'int64' && Number.isInteger(value) && !Number.isSafeInteger(value)) throw fault(row, 'whole numbers up to 2^53, whose digits JSON keeps', value, 'send it as text');
    const field = fieldOf(value, dtype === 'bool', syntax);
    if (field === undefined && value !== undefined && value !== null) throw fault(row, noun, value);
    if (field !== undefined && parser.parse(row, field)) continue;
    if (field !== undefined && !isMissing(field, syntax)) throw fault(row, noun, value);
    missing(row, noun, value);
    data[row] = dtype === 'float32' || dtype === 'float64' ? NaN : dtype === 'int64' ? 0n : 0;
  }
  return numbers({ dtype, shape: [values.length], data });
}

/** The field that stands for a value in the file; `undefined` where none can. */
function fieldOf(value: unknown, bool: boolean, { decimalComma }: CsvSyntax): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return bool ? String(value) : undefined;
  if (typeof value !== 'number') return undefined;
  return decimalComma ? String(value).replace('.', ',') : String(value);
}

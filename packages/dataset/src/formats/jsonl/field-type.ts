import type { JsonlOptions } from '@trainyard/protocol';
import type { DType } from '@trainyard/ndarray';
import type { ColumnType } from '../../columns/column-type.js';
import { describeJson, type JsonRow } from './lines.js';

/** numpy's limit is 64; a row of more dimensions than these is no data. */
const maxDimensions = 8;

/** Why a field is none that a column can be made of. `row` is the index from 0 of the sample's row that shows it. */
export class FieldTypeError extends Error {
  override readonly name = 'FieldTypeError';

  constructor(
    readonly row: number,
    message: string,
  ) {
    super(message);
  }
}

/** What one value is: its element type, and the lengths of its lists from the outermost on. */
interface ValueType {
  readonly element: 'number' | 'bool' | 'text';
  readonly shape: readonly number[];
}

/**
 * What a field's column is, as the first rows tell: numbers of one shape, sequences where the outermost lists differ in
 * length, or words. Rows without the field say nothing.
 * @throws FieldTypeError where rows do not go together
 */
export function fieldType(name: string, rows: readonly JsonRow[], { dtypes, sequences }: JsonlOptions): ColumnType {
  const declared = Object.hasOwn(dtypes, name) ? dtypes[name] : undefined;
  if (declared === 'text') return { kind: 'text' };
  const seen = rows.flatMap((values, row) => {
    const value = fieldOf(values, name);
    return value === undefined ? [] : [{ row, value, ...typeOfValue(value, row) }];
  });
  const model = seen.find(({ shape }) => !shape.includes(0)) ?? seen[0];
  const ragged = sequences.includes(name) || seen.some(({ shape }) => shape.length > 0 && shape[0] !== model?.shape[0]);
  for (const { row, value, ...type } of seen) {
    const problem = model && mismatch(model, type, ragged);
    if (problem !== undefined) throw new FieldTypeError(row, `expected ${problem} as in row ${(model?.row ?? 0) + 1}, received ${describeJson(value)}`);
  }
  const { element, shape } = model ?? { element: 'number', shape: [] };
  if (element === 'text') return { kind: 'text' };
  const dtype: DType = declared ?? (element === 'bool' ? 'bool' : 'float64');
  const parsed = declared === undefined && dtype === 'float64';
  if (!ragged) return { kind: 'numbers', dtype, shape, parsed };
  if (model && shape.length === 0) throw new FieldTypeError(model.row, 'expected a list, as "sequences" says, received a single value');
  return { kind: 'sequences', dtype, shape: shape.slice(1), parsed };
}

/** A row's own value of a field; undefined where it has none, or null. */
export function fieldOf(row: JsonRow, name: string): unknown {
  return Object.hasOwn(row, name) ? (row[name] ?? undefined) : undefined;
}

/** What was expected of a value that is not like the model; undefined where it is. */
function mismatch(model: ValueType, other: ValueType, ragged: boolean): string | undefined {
  if (ragged && other.shape[0] === 0) return undefined; // an empty sequence
  if (other.element !== model.element) return `${{ number: 'numbers', bool: 'true or false', text: 'text' }[model.element]}`;
  const from = ragged ? 1 : 0;
  const alike = other.shape.length === model.shape.length && other.shape.slice(from).join() === model.shape.slice(from).join();
  if (alike) return undefined;
  return model.shape.length === 0 ? 'a single value' : `a list of shape [${model.shape.map((length, axis) => (ragged && axis === 0 ? '*' : length)).join(', ')}]`;
}

/** By the first elements of lists: that the others are alike is checked when they are read. */
function typeOfValue(value: unknown, row: number): ValueType {
  const shape: number[] = [];
  let inner = value;
  while (Array.isArray(inner)) {
    if (shape.push(inner.length) > maxDimensions) throw new FieldTypeError(row, `expected lists of at most ${maxDimensions} dimensions, received more`);
    inner = inner.length > 0 ? (inner[0] as unknown) : 0;
  }
  if (typeof inner === 'string' && shape.length > 0) throw new FieldTypeError(row, 'expected numbers in a list, received text; join the words to one text, or write their numbers');
  if (typeof inner === 'number') return { element: 'number', shape };
  if (typeof inner === 'boolean') return { element: 'bool', shape };
  if (typeof inner === 'string') return { element: 'text', shape };
  throw new FieldTypeError(row, `expected a number, text, true, false or a list of numbers, received ${describeJson(inner)}${shape.length > 0 ? ' in a list' : ''}`);
}

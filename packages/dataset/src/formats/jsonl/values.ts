import { allocate, sizeOf, type DType } from '@trainyard/ndarray';
import type { ColumnType, NumbersType, SequencesType } from '../../columns/column-type.js';
import { numbers, texts, type ColumnValues } from '../../columns/column-values.js';
import { DataError } from '../../data-error.js';
import { GrowingArray } from '../growing-array.js';
import type { Marks } from '../marks.js';
import { missingValue } from '../missing.js';
import type { ColumnRequest } from '../table.js';
import { fieldOf } from './field-type.js';
import { describeJson, type JsonRow } from './lines.js';

const RANGES: Readonly<Partial<Record<DType, readonly [number, number]>>> = { int32: [-(2 ** 31), 2 ** 31 - 1], uint8: [0, 255], int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] };

/** Rows of one field as values of its column. @param place of a row of these */
export function readField(type: ColumnType, rows: readonly JsonRow[], request: ColumnRequest, marks: Marks, place: (row: number) => string): ColumnValues {
  const missing = (row: number) => {
    if (request.missing === 'error') throw missingValue(place(row), { numbers: 'a number or a list of numbers', sequences: 'a list', text: 'text', bytes: 'bytes' }[type.kind]);
    marks.set(row);
  };
  const fault: Fault = (row, problem, remedy) => new DataError(place(row), remedy === undefined ? problem : `${problem}; ${remedy}`);
  return readJsonValues(type, rows.map((row) => fieldOf(row, request.name)), missing, fault);
}

/** What is said of a value that is wrong. `remedy`: what whoever has written the file may do about it. */
export type Fault = (row: number, problem: string, remedy?: string) => DataError;

/**
 * JSON's values, `undefined` where a row has none, as values of a column. Of numbers, a row may also be a typed array of
 * the column's dtype and size.
 * @param missing is told each row without a value
 * @throws what `fault` answers
 */
export function readJsonValues(type: ColumnType, values: readonly unknown[], missing: (row: number) => void, fault: Fault): ColumnValues {
  switch (type.kind) {
    case 'numbers':
      return readNumbers(type, values, missing, fault);
    case 'sequences':
      return readSequences(type, values, missing, fault);
    case 'text':
      return texts(values.map((value, row) => (value === undefined ? (missing(row), '') : textOf(value, row, fault))));
    case 'bytes':
      throw new Error('JSON has no bytes');
  }
}

type Missing = (row: number) => void;

function readNumbers({ dtype, shape }: NumbersType, values: readonly unknown[], missing: Missing, fault: Fault): ColumnValues {
  const width = sizeOf(shape);
  const data = allocate(dtype, values.length * width);
  for (const [row, value] of values.entries()) {
    let at = row * width;
    if (value === undefined) {
      missing(row);
      data.fill((dtype.startsWith('float') ? NaN : dtype === 'int64' ? 0n : 0) as never, at, at + width);
    } else if (ArrayBuffer.isView(value)) data.set(value as never, at);
    else visit(value, shape, dtype, (...what) => fault(row, ...what), (element) => (data[at++] = element as never));
  }
  return numbers({ dtype, shape: [values.length, ...shape], data });
}

function readSequences({ dtype, shape }: SequencesType, values: readonly unknown[], missing: Missing, fault: Fault): ColumnValues {
  const offsets = new Uint32Array(values.length + 1);
  const data = new GrowingArray(dtype, values.length * sizeOf(shape));
  for (const [row, value] of values.entries()) {
    if (value === undefined) missing(row);
    else if (!Array.isArray(value)) throw fault(row, `expected a list, received ${describeJson(value)}`);
    else for (const element of value) visit(element, shape, dtype, (...what) => fault(row, ...what), (number) => data.push(number));
    offsets[row + 1] = data.length / sizeOf(shape);
  }
  return { kind: 'sequences', dtype, shape, offsets, data: data.finish() };
}

type FaultOfRow = (problem: string, remedy?: string) => DataError;

/** Calls `take` with each number of a value of the given shape. @throws what `fault` answers where it is not of that shape */
function visit(value: unknown, shape: readonly number[], dtype: DType, fault: FaultOfRow, take: (element: number | bigint) => void, axis = 0): void {
  if (axis === shape.length) return take(element(value, dtype, fault));
  if (!Array.isArray(value) || value.length !== shape[axis])
    throw fault(`expected a list of ${shape[axis]}${axis > 0 ? ' within a list' : ''}, as in the first rows, received ${describeJson(value)}`, 'for lists of different lengths declare "jsonl": {"sequences": [the field]}');
  for (const inner of value) visit(inner, shape, dtype, fault, take, axis + 1);
}

function element(value: unknown, dtype: DType, fault: FaultOfRow): number | bigint {
  if (dtype === 'bool' && (typeof value === 'boolean' || value === 0 || value === 1)) return Number(value);
  if (dtype === 'int64' && typeof value === 'string') return integerOf(value, fault);
  if (typeof value !== 'number' || dtype === 'bool')
    throw fault(`expected ${dtype === 'bool' ? 'true or false' : 'a number'}, received ${describeJson(value)}`, typeof value === 'string' ? 'for names of classes give to_categorical their "classes"' : undefined);
  if (!Number.isFinite(dtype === 'float32' ? Math.fround(value) : value)) throw fault(`expected a number that ${dtype} holds, received one beyond it`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 2 ** 64) throw fault(`expected whole numbers up to 2^53, whose digits JSON's readers keep, received ${value}; write it as text`);
  const range = RANGES[dtype];
  if (range && (!Number.isInteger(value) || value < range[0] || value > range[1])) throw fault(`expected a whole number that ${dtype} holds, received ${value}`);
  return dtype === 'int64' ? BigInt(value) : value;
}

/** Digits, of which JSON's readers lose none. */
function integerOf(text: string, fault: FaultOfRow): bigint {
  const value = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (value === undefined || BigInt.asIntN(64, value) !== value) throw fault(`expected a whole number that int64 holds, received ${describeJson(text)}`, 'for names of classes give to_categorical their "classes"');
  return value;
}

function textOf(value: unknown, row: number, fault: Fault): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw fault(row, `expected text, received ${describeJson(value)}`);
}

import type { TextColumnDType } from '@trainyard/protocol';
import { allocate, type TypedArray } from '@trainyard/ndarray';
import { isNumber, parseNumber } from './numbers.js';
import type { CsvSyntax } from './syntax.js';

export type NumberDType = Exclude<TextColumnDType, 'text'>;

const missingWord = /^\s*(?:nan|na|n\/a|null|none|<na>|#n\/a)?\s*$/i;
const boolWord = /^\s*(?:true|false)\s*$/i;
const trueWord = /^\s*(?:true|1|1\.0)\s*$/i;
const falseWord = /^\s*(?:false|0|0\.0)\s*$/i;
const integer = /^\s*[+-]?\d+\s*$/;
const RANGES = { int32: [-(2 ** 31), 2 ** 31 - 1], uint8: [0, 255] } as const;

/** In words, for messages. */
export function nounOf(dtype: NumberDType): string {
  switch (dtype) {
    case 'float32':
    case 'float64':
      return 'a number';
    case 'int32':
    case 'int64':
    case 'uint8':
      return `a whole number that ${dtype} holds`;
    case 'bool':
      return 'true or false';
  }
}

/** Whether a field of a column of numbers has no value. */
export function isMissing(value: string, { naValues }: CsvSyntax): boolean {
  return missingWord.test(value) || naValues.has(value.trim());
}

/** Whether a field of a column of words certainly has none: `None` and `NA` may be words. */
export function isBlank(value: string, { naValues }: CsvSyntax): boolean {
  return value.trim() === '' || naValues.has(value.trim());
}

/** Neither a number, nor something that stands in for one. */
export function isWord(value: string): boolean {
  return !isNumber(value) && !missingWord.test(value) && !/^\s*[+-]?inf(inity)?\s*$/i.test(value);
}

/**
 * What a column is, as its first values tell: words where all of them are, `bool` where all are true or false, else numbers
 * (so that a word among numbers is an error that names its row).
 */
export function inferDType(values: readonly string[], syntax: CsvSyntax): TextColumnDType | undefined {
  const there = values.filter((value) => !isMissing(value, syntax)).map((value) => decimalPoint(value, syntax));
  if (there.length === 0) return undefined;
  if (there.every((value) => boolWord.test(value))) return 'bool';
  return there.every(isWord) ? 'text' : undefined;
}

/** Sets `data[row]` to the value that a field stands for. @returns false where it stands for none of the dtype */
type SetValue = (data: TypedArray, row: number, field: string) => boolean;

const SETTERS: Readonly<Record<NumberDType, SetValue>> = {
  float64: setNumber,
  float32: setNumber,
  int32: (data, row, field) => setInteger(data, row, field, RANGES.int32),
  uint8: (data, row, field) => setInteger(data, row, field, RANGES.uint8),
  int64: (data, row, field) => {
    if (!integer.test(field)) return false;
    const value = BigInt(field.trim().replace(/^\+/, ''));
    data[row] = value;
    return BigInt.asIntN(64, value) === value;
  },
  bool: (data, row, field) => {
    const is = trueWord.test(field);
    data[row] = is ? 1 : 0;
    return is || falseWord.test(field);
  },
};

/** Fields of a column that are parsed to one dtype, into an array of their own. */
export class NumberParser {
  readonly data: TypedArray;
  private readonly set: SetValue;
  private readonly anyWord: boolean;

  constructor(
    dtype: NumberDType,
    rows: number,
    private readonly syntax: CsvSyntax,
  ) {
    this.data = allocate(dtype, rows);
    this.set = SETTERS[dtype];
    this.anyWord = syntax.naValues.size > 0; // looking a field up takes as long as parsing it
  }

  /** @returns false where the field stands for no value of the dtype */
  parse(row: number, field: string): boolean {
    if (this.anyWord && this.syntax.naValues.has(field.trim())) return false;
    return this.set(this.data, row, this.syntax.decimalComma ? decimalPoint(field, this.syntax) : field);
  }
}

/** A number as a program writes it: with a point, and `1.000,5` not taken for one. */
function decimalPoint(field: string, { decimalComma }: CsvSyntax): string {
  if (!decimalComma) return field;
  return field.includes('.') ? `not a number: ${field}` : field.replace(',', '.');
}

function setNumber(data: TypedArray, row: number, field: string): boolean {
  const value = parseNumber(field);
  if (value === undefined) return false;
  data[row] = value;
  return Number.isFinite(data[row]); // float32 has no 1e300
}

function setInteger(data: TypedArray, row: number, field: string, [least, most]: readonly [number, number]): boolean {
  const value = parseNumber(field);
  if (value === undefined || !Number.isInteger(value) || value < least || value > most) return false;
  data[row] = value;
  return true;
}

import type { Transform } from '@trainyard/protocol';
import { DataError } from '../data-error.js';
import { describeType, type ColumnType, type NumbersType, type TextType } from '../columns/column-type.js';
import type { ColumnValues } from '../columns/column-values.js';
import type { Random } from '../stream/random.js';

/** How a column is read for what comes first of it: as words, as numbers, or as whatever it holds. */
export type Reading = 'words' | 'numbers' | 'either';

/** What a transform may know of the rows that it changes. */
export interface RowContext {
  /** The place of a row of these values, for messages: the row in its file, also where rows were left out before. */
  readonly place: (row: number) => string;
  /** 1 for each row without a value; `undefined` where all have one. */
  readonly missing: Uint8Array | undefined;
  /**
   * Random numbers of one row for one purpose (of which each transform has its own): a function of the job's seed, the
   * pass over the data, the shard and the row in it, whichever reader, batch or attempt the row comes in.
   */
  readonly random: (row: number, purpose: number) => Random;
}

/** One change of a column, row by row. */
export interface ColumnTransform {
  /** Within the source, as `/transforms/0`. */
  readonly pointer: string;
  /** It says what becomes of missing values; in front of any other transform they are refused. */
  readonly handlesMissing?: true;
  /** Each pass over the rows gives others: not for rows that are loaded once. */
  readonly random?: true;
  /** Of bytes it makes float32, one by one: what becomes of each of the 256. */
  readonly ofBytes?: Float32Array;
  /**
   * Of a random one the same change without chance, as rows of predictions and evaluations are made, and rows that others
   * are fitted on: `image_data_generator` only normalizes. Gives the same type. `undefined`: the change itself is without.
   */
  readonly still?: ColumnTransform;
  /** What the column holds afterwards. @throws DataError when the change does not fit what it holds before */
  typeAfter(before: ColumnType, column: string): ColumnType;
  apply(values: ColumnValues, before: ColumnType, context: RowContext): ColumnValues | Promise<ColumnValues>;
}

/** A transform that lacks arguments which the data tell. */
export interface UnfittedTransform {
  readonly pointer: string;
  /** @throws DataError when it does not fit what the column holds */
  fitter(before: ColumnType, column: string): Fitter;
}

/** Learns a transform's arguments in one pass over the rows. */
export interface Fitter {
  /** @throws DataError when there is more to learn than can be kept */
  add(values: ColumnValues, context: RowContext): void;
  /** The transform with all its arguments. @throws DataError when the rows told nothing */
  result(): Transform;
}

export function isFitted(transform: ColumnTransform | UnfittedTransform): transform is ColumnTransform {
  return 'apply' in transform;
}

/** The change as it is made of rows that are not trained on: without chance. */
export function stillOf(transform: ColumnTransform): ColumnTransform {
  return transform.still ?? transform;
}

/** Leaves out rows. */
export interface RowFilter {
  readonly pointer: string;
  readonly handlesMissing?: true;
  /** Its column tells to which part a row belongs, and is no input unless it is named as one. */
  readonly ofKey?: true;
  /** @throws DataError when the filter does not fit what the column holds; `undefined` for filters of no column */
  check(type: ColumnType | undefined, column: string): void;
  keeps(values: ColumnValues | undefined, context: FilterContext): (row: number) => boolean;
}

export interface FilterContext {
  readonly missing: Uint8Array | undefined;
  /** The name of a row that stays the same when shards are added. */
  readonly rowName: (row: number) => string;
}

/** The type, which has to be numbers. @throws DataError */
export function numbersType(type: ColumnType, column: string, pointer: string): NumbersType {
  if (type.kind === 'numbers') return type;
  throw new DataError(`column ${JSON.stringify(column)}`, `expected numbers here, received ${describeType(type)}`, { pointer });
}

/** The type, which has to be text. @throws DataError */
export function textType(type: ColumnType, column: string, pointer: string): TextType {
  if (type.kind === 'text') return type;
  throw new DataError(`column ${JSON.stringify(column)}`, `expected words here, received ${describeType(type)}`, { pointer });
}

/** What arithmetic on a column gives: float64 where it was that, else float32. */
export function floatType(before: NumbersType): NumbersType {
  return { ...before, dtype: before.dtype === 'float64' ? 'float64' : 'float32' };
}

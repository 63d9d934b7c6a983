import type { ColumnType } from '../columns/column-type.js';
import type { ColumnValues } from '../columns/column-values.js';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** `undefined` where only reading tells. */
  readonly rows: number | undefined;
}

export interface ColumnRequest {
  readonly name: string;
  /** The column is wanted as words, also where they could be read as numbers. */
  readonly text: boolean;
  /** What is done where a row has no value: `error` names the row; `mark` sets it in the block's `missing`. */
  readonly missing: 'error' | 'mark';
}

/** Rows of one table, one after another; every column has `rows` of them. */
export interface Block {
  readonly firstRow: number;
  readonly rows: number;
  /** The rows' numbers in the table, where they do not follow each other from `firstRow` on. */
  readonly rowNumbers?: Uint32Array;
  readonly columns: ReadonlyMap<string, ColumnValues>;
  /** Of columns that were asked for with `mark` and lack values: 1 for each row without one, where the column holds NaN, 0 or ''. */
  readonly missing?: ReadonlyMap<string, Uint8Array>;
}

/** Rows that lie together in one shard, or in several files side by side. */
export interface Table {
  /** As messages name it. */
  readonly name: string;
  /** The columns that are there, in their order. */
  readonly columnNames: readonly string[];
  /** Those that are taken for x when a source names none. */
  inferX(others: readonly string[]): readonly string[];
  /** Those that are taken for y then; `y` where it is left out. */
  inferY?(): readonly string[];
  /** @throws DataError when there is no such column, or it cannot be read as asked */
  column(request: ColumnRequest): Promise<Column>;
  /** Whether rows can be read without reading those before them. */
  seekable(requests: readonly ColumnRequest[]): Promise<boolean>;
  /**
   * Each row is decoded from a file of its own: rows may be read in any order, which is what they are in where they are
   * shuffled, and decoding them is what takes the time.
   */
  readonly scattered?: true;
  /** Of images in classes: the names of the classes, in the order of their numbers. */
  readonly classes?: readonly string[] | undefined;
  /** Rows at which reading begins without waste, the first of them 0: pieces end there. Anywhere, where it is left out. */
  readonly boundaries?: readonly number[];
  /**
   * Rows `[start, end)` in blocks of about 4 MiB. Without requests, blocks that only count.
   * @param order of a table whose rows are scattered: the rows `order[start, end)`
   */
  read(requests: readonly ColumnRequest[], start: number, end: number, signal?: AbortSignal, order?: Uint32Array): AsyncGenerator<Block>;
  /** `files/p.csv, row 17, column "bill_length"`; `row` is the index from 0. */
  place(row: number, column: string): string;
  /** A row's name that stays the same when files are added; the table's name and the row's number, where it is left out. */
  rowName?(row: number): string;
}

/** About this many bytes make a block. */
export const blockBytes = 4 * 1024 * 1024;

import type { DType, NdArray } from '@trainyard/ndarray';

/** What a column holds in each row. */
export interface ColumnType {
  /** Words, not numbers; `dtype` and `shape` are without meaning then. */
  readonly text: boolean;
  readonly dtype: DType;
  /** Of one row. */
  readonly shape: readonly number[];
  /** Parsed from text at full precision: becomes float32 in the end, unless a transform says otherwise. */
  readonly parsed: boolean;
}

export interface Column extends ColumnType {
  readonly name: string;
  /** `undefined` where only reading tells. */
  readonly rows: number | undefined;
}

export interface ColumnRequest {
  readonly name: string;
  /** The column is wanted as words. */
  readonly text: boolean;
}

/** Rows of one table, one after another; every column has `rows` of them. */
export interface Block {
  readonly firstRow: number;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, NdArray | readonly string[]>;
}

/** Rows that lie together in one shard, or in several files side by side. */
export interface Table {
  /** As messages name it. */
  readonly name: string;
  /** The columns that are there, in their order. */
  readonly columnNames: readonly string[];
  /** Those that are taken for x when a source names none. */
  inferX(others: readonly string[]): readonly string[];
  /** @throws DataError when there is no such column, or it cannot be read as asked */
  column(request: ColumnRequest): Promise<Column>;
  /** Whether rows can be read without reading those before them. */
  seekable(requests: readonly ColumnRequest[]): Promise<boolean>;
  /** Rows `[start, end)` in blocks of about 4 MiB. Without requests, blocks that only count. */
  read(requests: readonly ColumnRequest[], start: number, end: number, signal?: AbortSignal): AsyncGenerator<Block>;
  /** `files/p.csv, row 17, column "bill_length"`; `row` is the index from 0. */
  place(row: number, column: string): string;
}

/** About this many bytes make a block. */
export const blockBytes = 4 * 1024 * 1024;

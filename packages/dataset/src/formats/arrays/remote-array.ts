import { NpyError } from '@trainyard/ndarray';
import type { ColumnType } from '../../columns/column-type.js';
import type { ColumnValues } from '../../columns/column-values.js';
import { DataError } from '../../data-error.js';

/** An array in storage, of which only the header has been read. */
export interface RemoteArray {
  /** `files/a.npz, array "x"` */
  readonly place: string;
  /** The rows along its first axis are those of the table; `[]` for a single value, which has none. */
  readonly shape: readonly number[];
  readonly type: ColumnType;
  /** Of one row. */
  readonly rowBytes: number;
  /** Rows that are best read together; 1 where it does not matter. */
  readonly chunkRows: number;
  /** Whether rows can be read without reading those before them. */
  readonly seekable: boolean;
  rows(signal?: AbortSignal): ArrayRows;
}

/** One reading of an array. Where it is not seekable, each read begins where the last one ended, or behind it. */
export interface ArrayRows {
  read(first: number, rows: number): Promise<ColumnValues>;
  /** Frees what the reading holds. */
  close(): Promise<void>;
}

/** What `work` returns; an `NpyError` becomes a `DataError` of the same place. */
export function asDataError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof NpyError) throw new DataError(error.place, error.message.slice(error.place.length + 2), { cause: error });
    throw error;
  }
}

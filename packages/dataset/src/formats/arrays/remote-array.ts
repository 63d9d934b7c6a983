import { NpyError, type NdArray, type NpyHeader } from '@trainyard/ndarray';
import { DataError } from '../../data-error.js';

/** A .npy in storage, of which only the header has been read. */
export interface RemoteArray {
  /** `files/a.npz, array "x"` */
  readonly place: string;
  readonly header: NpyHeader;
  /** Whether rows can be read without reading those before them. */
  readonly seekable: boolean;
  rows(signal?: AbortSignal): ArrayRows;
}

/** One reading of an array. Where it is not seekable, each read begins where the last one ended, or behind it. */
export interface ArrayRows {
  read(first: number, rows: number): Promise<NdArray>;
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

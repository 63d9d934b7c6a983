import type { DType, NdArray } from '@trainyard/ndarray';

/** One array of a dataset: `shape` is that of one row, without the batch axis. */
export interface ArraySpec {
  /** The model's name of the input or output. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** One object in storage that rows come from, as it was when the dataset was opened. */
export interface Shard {
  /** As users write it: `files/train/0001.npz`. */
  readonly name: string;
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
}

/** Rows: each array has the same number of them along its first axis. */
export interface DatasetArrays {
  readonly x: NdArray[];
  readonly y: NdArray[];
  /** One an output; absent when the source has none at all. */
  readonly sampleWeight?: (NdArray | undefined)[];
}
export type Batch = DatasetArrays;

export interface StreamOptions {
  readonly batchSize: number;
  /** With `shuffle`, the order of rows is a pure function of the seed and the number of the pass. */
  readonly seed: number;
  readonly shuffle: boolean;
  /** The stream begins as if this many batches had been taken already. 0 by default. */
  readonly startBatch?: number;
  /** At most this many batches are ready before they are asked for. 10 by default, as in Keras. */
  readonly maxQueueSize?: number;
  /**
   * Rows are shuffled within a buffer of this many bytes, which is filled from pieces in random order; when all rows fit,
   * every order is equally likely. 64 MiB by default. Belongs to the order: another size is another order.
   */
  readonly shuffleBufferBytes?: number;
  readonly signal?: AbortSignal;
}

export interface Dataset {
  readonly x: readonly ArraySpec[];
  readonly y: readonly ArraySpec[];
  /** One an output; `undefined` when the source has none at all. */
  readonly sampleWeight: readonly (ArraySpec | undefined)[] | undefined;
  /** `undefined` while it is not known: a csv tells only when it has been read. */
  readonly rows: number | undefined;
  readonly shards: readonly Shard[];

  /**
   * All rows in memory, in the order of the shards.
   * @throws DataError, ObjectStoreUnavailableError when storage stays away after retries
   */
  load(signal?: AbortSignal): Promise<DatasetArrays>;

  /**
   * Batches for ever, pass after pass over all rows; the last batch of a pass may be smaller. Holds two shuffle buffers
   * and `maxQueueSize` batches at most.
   * @throws DataError, ObjectStoreUnavailableError, or the signal's reason
   */
  stream(options: StreamOptions): AsyncIterable<Batch>;
}

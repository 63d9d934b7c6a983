import type { DType, NdArray } from '@trainyard/ndarray';
import type { Fitted, InputRecipe } from '@trainyard/protocol';
import type { ClassNames } from './binding/class-names.js';
import type { DataWarning } from './checks/examine.js';

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

/** Consecutive batches, one behind the other. */
export interface BatchRun {
  readonly batches: Batch;
  /** How many rows each of them has. */
  readonly rows: readonly number[];
}

/** Batches pass after pass over all rows, for ever where `passes` does not say how many; the last batch of a pass may be smaller. Nothing is read before the first is asked for. */
export interface BatchStream extends AsyncIterableIterator<Batch, void, undefined> {
  /**
   * The next `count` batches at once. Their arrays may be overwritten by the taking after the next one.
   * @throws DataError, ObjectStoreUnavailableError, or the signal's reason; the stream is closed then. RangeError behind the last pass
   */
  take(count: number): Promise<BatchRun>;
  /** Gives up what is being read. A stream that is iterated over is closed where the iteration ends. */
  close(): Promise<void>;
}

export interface StreamOptions {
  readonly batchSize: number;
  /** With `shuffle`, the order of rows is a pure function of the seed and the number of the pass. */
  readonly seed: number;
  readonly shuffle: boolean;
  /** The stream begins as if this many batches had been taken already. 0 by default. */
  readonly startBatch?: number;
  /** The stream ends behind so many passes. Endless by default. */
  readonly passes?: number;
  /** At least this many batches' rows are read before they are asked for. 10 by default, as in Keras. */
  readonly maxQueueSize?: number;
  /**
   * Pieces are read and decoded by up to so many threads, no more than there are processors. The batches are the same for
   * any number. 1 by default, as in Keras.
   */
  readonly workers?: number;
  /**
   * Rows are shuffled within a buffer of this many bytes, which is filled from pieces in random order; when all rows fit,
   * every order is equally likely. 64 MiB by default. Belongs to the order: another size is another order.
   */
  readonly shuffleBufferBytes?: number;
  readonly signal?: AbortSignal;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Told how many rows have come since it was told last. */
  readonly onRows?: (rows: number) => void;
}

export interface Dataset {
  readonly x: readonly ArraySpec[];
  readonly y: readonly ArraySpec[];
  /** One an output; `undefined` when the source has none at all. */
  readonly sampleWeight: readonly (ArraySpec | undefined)[] | undefined;
  /** `undefined` while it is not known: a csv, and rows of which some are left out, tell only when they have been read. */
  readonly rows: number | undefined;
  readonly shards: readonly Shard[];
  /** What the transforms were given or have learnt: for the validation's source, for later attempts, for prediction. */
  readonly fitted: Fitted;
  /** How rows become inputs: with `fitted` all that `RawInputs` needs. */
  readonly inputs: InputRecipe;
  /** What the classes of outputs are called, of those where the source tells. */
  readonly classes: Readonly<Record<string, ClassNames>>;

  /**
   * All rows in memory, in the order of the shards.
   * @throws DataError, ObjectStoreUnavailableError when storage stays away after retries
   */
  load(options?: ReadOptions): Promise<DatasetArrays>;

  /**
   * Reads the arrays that have rules, from the first row on: at least `rows` rows, where there are as many. Reading checks
   * values by itself; here also what is odd about them is told.
   * @throws DataError, ObjectStoreUnavailableError, or the signal's reason
   */
  examine(options: ReadOptions & { readonly rows: number }): Promise<DataWarning[]>;

  /** Holds two shuffle buffers, or `maxQueueSize` batches where they are more, and what `workers` threads are reading. */
  stream(options: StreamOptions): BatchStream;
}

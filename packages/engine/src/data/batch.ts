import type { NdArray } from '@trainyard/ndarray';

/** Rows for a model: one array an input, one a target; weights one a sample (or one a sample and time step). */
export interface Batch {
  readonly x: readonly NdArray[];
  /** Empty where nothing is trained or evaluated. */
  readonly y: readonly NdArray[];
  /** One entry an output, `undefined` where it has none. */
  readonly sampleWeight?: readonly (NdArray | undefined)[] | undefined;
}

/** Number of rows. */
export function rowsOf(batch: Batch): number {
  return batch.x[0]?.shape[0] ?? 0;
}

/** Consecutive batches, one behind the other. */
export interface BatchRun {
  readonly batches: Batch;
  /** How many rows each of them has. */
  readonly rows: readonly number[];
}

/** A stream that hands over several batches at once. Their arrays may be overwritten by the taking after the next one. */
export interface BatchStream {
  take(count: number): Promise<BatchRun>;
}

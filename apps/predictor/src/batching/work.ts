import type { NdArray } from '@trainyard/ndarray';

/** What one request asks of a model, checked and ready to run. */
export interface Work {
  /** One array an input, as the model takes them. */
  readonly x: readonly NdArray[];
  readonly rows: number;
  /** Names of the layers that are answered instead of the model's outputs. */
  readonly layers: readonly string[] | null;
  /** Rows that are computed at once, at most: of this request alone. */
  readonly batchSize: number;
  /** Rows of all requests together that it may be run with: less than its own, and it runs alone. */
  readonly joinedRows: number;
  readonly maxDelayMs: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** An array under the name of the output, or layer, that answered it. */
export interface NamedOutput {
  readonly name: string;
  readonly array: NdArray;
}

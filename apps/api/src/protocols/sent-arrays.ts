import type { FramedArray } from '@trainyard/protocol';

/** A request's arrays as a predictor takes them, in the order of the model's inputs: what they are, and the bytes of each. */
export interface SentArrays {
  readonly arrays: FramedArray[];
  readonly parts: readonly Uint8Array[];
}

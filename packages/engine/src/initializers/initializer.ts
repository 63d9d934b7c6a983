import type { Tensor } from '@tensorflow/tfjs-core';

/** Draws a weight's first values: described now, computed in ops when a program is initialized. */
export interface Initializer {
  /** A seed of its own in the config; otherwise the job's seed and the weight's position give one. */
  readonly seed: number | undefined;
  /** `seed` is int32 [2]. */
  readonly draw: (this: void, shape: readonly number[], seed: Tensor) => Tensor;
}

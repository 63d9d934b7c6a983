import type { ServingSettings } from '@trainyard/protocol';

/** How requests for one model share it. */
export interface ServingLimits {
  /** Rows of several requests in one run, at most. */
  readonly maxBatchSize: number;
  /** How long a request may be held back for others to join it. */
  readonly maxDelayMs: number;
  /** Requests of a model that wait or are being answered, at most. */
  readonly maxQueue: number;
}

/** A request's own settings, where it has them, before the predictor's. */
export function limitsOf({ max_batch_size, max_delay_ms, max_queue }: ServingSettings, defaults: ServingLimits): ServingLimits {
  return { maxBatchSize: max_batch_size ?? defaults.maxBatchSize, maxDelayMs: max_delay_ms ?? defaults.maxDelayMs, maxQueue: max_queue ?? defaults.maxQueue };
}

import { DataError } from '@trainyard/dataset';
import { FormatError } from '@trainyard/keras-format';

/** How a load ended, as the reading process tells it. */
export type Outcome =
  | { readonly how: 'loaded' }
  | { readonly how: 'refused'; readonly message: string }
  /** Refused by an error that is not one of those meant for it. */
  | { readonly how: 'failed'; readonly message: string };

export interface Measured {
  readonly outcome: Outcome;
  readonly ms: number;
  /** Peak memory over what the process had before: see memory.ts. Undefined where the system does not tell. */
  readonly growthMiB: number | undefined;
  /** What a load must never do, and did. */
  readonly breaches: readonly string[];
}

/** Only these errors are refusals: the user's file is at fault, and the message says where. */
export function outcomeOf(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof FormatError || error instanceof DataError) return { how: 'refused', message };
  return { how: 'failed', message: error instanceof Error ? `${error.name}: ${message}\n${(error.stack ?? '').split('\n').slice(1, 4).join('\n')}` : message };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { ObjectStoreUnavailableError } from '@trainyard/object-store';

export interface RetryPolicy {
  readonly attempts: number;
  /** The wait before the second attempt; it doubles from then on, and is shortened by up to half at random. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** A read of at most 4 MiB that takes longer counts as one that failed: a server may answer, and yet not get anywhere. Two minutes by default. */
  readonly slowestReadMs?: number;
}

/** About half a minute in all: longer outages end the attempt, and the job is queued again. */
export const defaultRetryPolicy: RetryPolicy = { attempts: 8, firstDelayMs: 250, maxDelayMs: 8_000 };

/** Does `work`, again when the store is unavailable. @throws its last error; the signal's reason */
export async function retrying<T>(work: () => Promise<T>, policy: RetryPolicy, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ObjectStoreUnavailableError) || attempt >= policy.attempts) throw error;
      const delay = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (attempt - 1));
      // At random, so that the workers of one outage do not all come back in the same moment.
      await sleep(delay * (0.5 + Math.random() / 2), undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailableError } from '@trainyard/database';
import { ObjectStoreUnavailableError } from '@trainyard/object-store';

/** Whether an error says that the database or the storage is away, and may come back. */
export function isOutage(error: unknown): boolean {
  return error instanceof DatabaseUnavailableError || error instanceof ObjectStoreUnavailableError;
}

const firstWaitMs = 100;
const longestWaitMs = 5_000;

/**
 * Does something that may be repeated, again and again while the database or the storage is away.
 *
 * @throws what `action` threw: the last outage after `patienceMs`, anything else at once.
 */
export async function withPatience<T>(action: () => Promise<T>, patienceMs = 300_000): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    try {
      return await action();
    } catch (error) {
      if (!isOutage(error) || Date.now() + waitMs > deadline) throw error;
      await sleep(waitMs);
    }
  }
}

import type { AttemptEnd } from '@trainyard/database';
import type { AttemptOrder } from '../messages.js';
import type { Attempt } from './attempt.js';
import { outcomeOf, type Outcome } from './outcome.js';

/** Milliseconds that an attempt which was broken off may take to store what it has. */
const windUpMs = 20_000;

type Winding = Pick<Attempt<AttemptOrder>, 'journal' | 'log'>;

/**
 * Ends an attempt that met an error: stores what can still be stored, and answers what the error means.
 *
 * @param store stores what the attempt has, in a few seconds.
 */
export async function windUp(attempt: Winding, error: unknown, store: () => Promise<void> = () => flushInTime(attempt)): Promise<Outcome> {
  const outcome = outcomeOf(error);
  if (outcome === undefined) return undefined;
  try {
    await store();
  } catch (later) {
    // The first error says how the attempt ended, except that a job which is not ours any more is not ours to end.
    if (outcomeOf(later) === undefined) return undefined;
  }
  return withLog(attempt, outcome);
}

/** Waits for the journal, a few seconds at most. */
export function flushInTime({ journal }: Pick<Winding, 'journal'>): Promise<void> {
  return within(windUpMs, journal.flush());
}

async function withLog(attempt: Winding, outcome: AttemptEnd): Promise<Outcome> {
  const message = outcome.status === 'failed' ? outcome.error.message : outcome.status === 'queued' ? outcome.fault?.message : undefined;
  if (message === undefined) return outcome;
  attempt.log('error', message);
  await within(windUpMs, attempt.journal.flush().catch(() => undefined));
  return outcome;
}

function within(ms: number, work: Promise<void>): Promise<void> {
  return Promise.race([work, new Promise<void>((resolve) => setTimeout(resolve, ms).unref())]);
}

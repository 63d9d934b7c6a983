import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** Default: two minutes, for a machine that does much else. */
  readonly patienceMs?: number;
  readonly everyMs?: number;
}

/**
 * Asks again and again until there is an answer.
 *
 * @param what is waited for: for the message.
 * @throws Error when there is none in time, or what `ask` threw.
 */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>, { patienceMs = 120_000, everyMs = 30 }: Patience = {}): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited for ${what} for ${patienceMs / 1000} s in vain`);
    await sleep(everyMs);
  }
}

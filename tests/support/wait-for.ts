import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 120_000; // for a machine that does much else

/**
 * Asks again and again until there is an answer.
 *
 * @param what is waited for: for the message.
 * @throws Error when there is none after two minutes, or what `ask` threw.
 */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited for ${what} for ${patienceMs / 1000} s in vain`);
    await sleep(30);
  }
}

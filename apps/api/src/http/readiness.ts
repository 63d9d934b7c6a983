import { pingDatabase } from '@trainyard/database';
import { z } from 'zod';
import type { Deps } from '../deps.js';

export const PartState = z.enum(['ok', 'unavailable', 'not_configured']);
export type PartState = z.infer<typeof PartState>;

const patienceMs = 2_000;

/** Which of the parts that the API stands on answer. */
export async function readinessOf(deps: Deps): Promise<Record<'database' | 'storage' | 'queue' | 'predictor', PartState>> {
  const { predictorUrl } = deps;
  const [database, storage, queue, predictor] = await Promise.all([
    stateOf(() => pingDatabase(deps.database)),
    stateOf(() => deps.store.stat('readyz')),
    stateOf(() => deps.producer.ping()),
    predictorUrl === undefined ? ('not_configured' as const) : stateOf(() => pingPredictor(predictorUrl)),
  ]);
  return { database, storage, queue, predictor };
}

async function stateOf(ask: () => Promise<unknown>): Promise<'ok' | 'unavailable'> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), patienceMs);
  });
  try {
    await Promise.race([ask(), tooLate]);
    return 'ok';
  } catch {
    return 'unavailable';
  } finally {
    clearTimeout(timer);
  }
}

async function pingPredictor(url: string): Promise<void> {
  const answer = await fetch(new URL('healthz', url.endsWith('/') ? url : `${url}/`), { signal: AbortSignal.timeout(patienceMs) });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`status ${answer.status}`);
}

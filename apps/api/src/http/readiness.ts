import { pingDatabase } from '@trainyard/database';
import { z } from 'zod';
import type { Deps } from '../deps.js';
import type { PredictorState } from '../predictors/predictors.js';

export const PartState = z.enum(['ok', 'unavailable', 'not_configured']);
export type PartState = z.infer<typeof PartState>;

const patienceMs = 2_000;

export interface PartsReadiness {
  /** `predictor`: whether any of them answers. */
  readonly parts: Record<'database' | 'storage' | 'queue' | 'predictor', PartState>;
  readonly predictors: readonly PredictorState[];
}

/** Which of the parts that the API stands on answer. */
export async function readinessOf(deps: Deps): Promise<PartsReadiness> {
  const [database, storage, queue, predictors] = await Promise.all([
    stateOf(() => pingDatabase(deps.database)),
    stateOf(() => deps.store.stat('readyz')),
    stateOf(() => deps.producer.ping()),
    deps.predictors.look(patienceMs),
  ]);
  const predictor = predictors.length === 0 ? 'not_configured' : predictors.some(({ state }) => state === 'ok') ? 'ok' : 'unavailable';
  return { parts: { database, storage, queue, predictor }, predictors };
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

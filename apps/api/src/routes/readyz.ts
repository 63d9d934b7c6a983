import { pingDatabase } from '@trainyard/database';
import { z } from 'zod';
import type { App, Deps } from '../deps.js';

const State = z.enum(['ok', 'unavailable', 'not_configured']);
const Readiness = z.object({
  /** `degraded`: jobs are taken and answered, and something waits for a part to come back. */
  status: z.enum(['ready', 'degraded', 'unavailable']),
  /** `predictor`: whether any of them answers. */
  parts: z.object({ database: State, storage: State, queue: State, predictor: State }),
  predictors: z.array(z.object({ url: z.string(), state: z.enum(['ok', 'unavailable']) })),
});

const patienceMs = 2_000;

/** Whether requests can be answered, with the state of each part. */
export function addReadyz(app: App, deps: Deps): void {
  const schema = { tags: ['health'], security: [], response: { 200: Readiness, 503: Readiness } };
  app.get('/readyz', { config: { scope: 'open' }, schema }, async (_request, reply) => {
    const [database, storage, queue, predictors] = await Promise.all([
      stateOf(() => pingDatabase(deps.database)),
      stateOf(() => deps.store.stat('readyz')),
      stateOf(() => deps.producer.ping()),
      deps.predictors.look(patienceMs),
    ]);
    const needed = database === 'ok' && storage === 'ok';
    const predictor = predictors.length === 0 ? 'not_configured' : predictors.some(({ state }) => state === 'ok') ? 'ok' : 'unavailable';
    const all = needed && queue === 'ok' && predictor === 'ok' && predictors.every(({ state }) => state === 'ok');
    const status = all ? 'ready' : needed ? 'degraded' : 'unavailable';
    return reply.code(needed ? 200 : 503).send({ status, parts: { database, storage, queue, predictor }, predictors });
  });
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

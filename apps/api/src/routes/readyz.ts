import { pingDatabase } from '@trainyard/database';
import { z } from 'zod';
import type { App, Deps } from '../deps.js';

const State = z.enum(['ok', 'unavailable', 'not_configured']);
const Readiness = z.object({
  /** `degraded`: jobs are taken and answered, and something waits for a part to come back. */
  status: z.enum(['ready', 'degraded', 'unavailable']),
  parts: z.object({ database: State, storage: State, queue: State, predictor: State }),
});

const patienceMs = 2_000;

/** Whether requests can be answered, with the state of each part. */
export function addReadyz(app: App, deps: Deps): void {
  const schema = { tags: ['health'], security: [], response: { 200: Readiness, 503: Readiness } };
  app.get('/readyz', { config: { scope: 'open' }, schema }, async (_request, reply) => {
    const { predictorUrl } = deps;
    const [database, storage, queue, predictor] = await Promise.all([
      stateOf(() => pingDatabase(deps.database)),
      stateOf(() => deps.store.stat('readyz')),
      stateOf(() => deps.producer.ping()),
      predictorUrl === undefined ? ('not_configured' as const) : stateOf(() => askPredictor(predictorUrl)),
    ]);
    const needed = database === 'ok' && storage === 'ok';
    const all = needed && queue === 'ok' && predictor === 'ok';
    const status = all ? 'ready' : needed ? 'degraded' : 'unavailable';
    return reply.code(needed ? 200 : 503).send({ status, parts: { database, storage, queue, predictor } });
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

async function askPredictor(url: string): Promise<void> {
  const answer = await fetch(new URL('healthz', url.endsWith('/') ? url : `${url}/`), { signal: AbortSignal.timeout(patienceMs) });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`status ${answer.status}`);
}

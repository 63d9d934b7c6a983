import { z } from 'zod';
import type { App, Deps } from '../deps.js';
import { PartState, readinessOf } from '../http/readiness.js';

const Readiness = z.object({
  /** `degraded`: jobs are taken and answered, and something waits for a part to come back. */
  status: z.enum(['ready', 'degraded', 'unavailable']),
  /** `predictor`: whether any of them answers. */
  parts: z.object({ database: PartState, storage: PartState, queue: PartState, predictor: PartState }),
  predictors: z.array(z.object({ url: z.string(), state: z.enum(['ok', 'unavailable']) })).readonly(),
});

/** Whether requests can be answered, with the state of each part. */
export function addReadyz(app: App, deps: Deps): void {
  const schema = { tags: ['health'], security: [], response: { 200: Readiness, 503: Readiness } };
  app.get('/readyz', { config: { scope: 'open' }, schema }, async (_request, reply) => {
    const { parts, predictors } = await readinessOf(deps);
    const { database, storage, queue, predictor } = parts;
    const needed = database === 'ok' && storage === 'ok';
    const all = needed && queue === 'ok' && predictor === 'ok' && predictors.every(({ state }) => state === 'ok');
    const status = all ? 'ready' : needed ? 'degraded' : 'unavailable';
    return reply.code(needed ? 200 : 503).send({ status, parts, predictors });
  });
}

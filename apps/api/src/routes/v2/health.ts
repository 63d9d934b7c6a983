import { ApiError } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../deps.js';
import { readinessOf } from '../../http/readiness.js';

/** Whether the server lives, and whether it can predict. */
export function addHealth(app: App, deps: Deps): void {
  const config = { scope: 'open' as const };
  const live = { tags: ['serving'], security: [], summary: 'The server lives', response: { 200: z.object({ live: z.literal(true) }) } };
  app.get('/v2/health/live', { config, schema: live }, () => ({ live: true as const }));

  const ready = { tags: ['serving'], security: [], summary: 'The server can predict', response: { 200: z.object({ ready: z.literal(true) }) } };
  app.get('/v2/health/ready', { config, schema: ready }, async () => {
    await requirePredictor(deps);
    return { ready: true as const };
  });
}

/** @throws ApiError 503 naming the part without which nothing is predicted */
export async function requirePredictor(deps: Deps): Promise<void> {
  const { database, storage, predictor } = (await readinessOf(deps)).parts;
  if (database !== 'ok') throw new ApiError('database_unavailable', 'the database cannot be reached');
  if (storage !== 'ok') throw new ApiError('storage_unavailable', 'the object storage cannot be reached');
  if (predictor !== 'ok') throw new ApiError('predictor_unavailable', predictor === 'not_configured' ? 'this server has no predictor: PREDICTOR_URL is not set' : 'no predictor answers');
}

import { z } from 'zod';
import type { App } from '../deps.js';

/** Whether the process lives: no part is asked. */
export function addHealthz(app: App): void {
  app.get('/healthz', { config: { scope: 'open' }, schema: { tags: ['health'], security: [], response: { 200: z.object({ status: z.literal('ok') }) } } }, () => ({
    status: 'ok' as const,
  }));
}

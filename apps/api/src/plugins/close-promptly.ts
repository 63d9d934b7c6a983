import type { App } from '../deps.js';

const checkEveryMs = 50;
const patienceMs = 10_000;

/**
 * Lets a closing server end as soon as the requests that it has are answered. Node waits for every connection, also for
 * those that a client holds without having asked anything, which may take a minute.
 */
export function closePromptly(app: App): void {
  let active = 0;
  app.addHook('onRequest', async (_request, reply) => {
    active++;
    reply.raw.once('close', () => active--);
  });
  app.addHook('preClose', async () => {
    const end = performance.now() + patienceMs;
    const timer = setInterval(() => {
      if (active === 0 || performance.now() > end) app.server.closeAllConnections();
    }, checkEveryMs);
    app.server.once('close', () => clearInterval(timer));
    if (!app.server.listening) clearInterval(timer);
  });
}

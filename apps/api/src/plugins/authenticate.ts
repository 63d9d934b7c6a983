import { createHash } from 'node:crypto';
import { authenticate, type KeyRecord } from '@trainyard/database';
import { ApiError, type Scope } from '@trainyard/protocol';
import { isLoopback } from '../env.js';
import type { App, Deps } from '../deps.js';
import { BriefCache } from '../http/brief-cache.js';
import { bearer, cookieKey } from './request-key.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must allow, or one of what it may; `open`: no key is needed. Every route says it. */
    scope?: Scope | readonly Scope[] | 'open';
    /** Browsers load this as a page: the key may come as a cookie, too. */
    cookie?: boolean;
  }
  interface FastifyRequest {
    /** The project that the request's key belongs to. */
    projectId: string;
  }
}

/**
 * Lets a request pass when its key allows what the route does, and notes whose it is.
 *
 * Without keys, only requests that name this machine as their host pass: a web page that points a name of its own at
 * 127.0.0.1 cannot make a browser send them.
 *
 * Of predict calls there may be thousands a second: what the database said of their key is believed for five seconds. So
 * long a key that is deleted may still predict, and do nothing else.
 */
export function requireKeys(app: App, { database, auth }: Deps): void {
  const known = new BriefCache<KeyRecord>();
  const keyOf = (secret: string, scope: Scope | readonly Scope[]): Promise<KeyRecord> =>
    scope === 'predict' ? known.get(createHash('sha256').update(secret).digest('base64'), () => findKey(database, secret)) : findKey(database, secret);
  app.decorateRequest('projectId', '');
  app.addHook('onRoute', (route) => {
    if (/^\/docs(\/|$)/.test(route.url)) route.config = { ...route.config, scope: 'open' }; // a plugin's pages
    if (route.config?.scope === undefined) throw new Error(`${String(route.method)} ${route.url}: expected config.scope, found none`);
  });
  app.addHook('onRequest', async (request) => {
    const scope = request.routeOptions.config.scope;
    if (request.is404 || scope === undefined || scope === 'open') return;
    if (auth.mode === 'off') {
      if (!isLoopback(request.hostname.replace(/^\[(.*)\]$/, '$1'))) throw new ApiError('forbidden', `expected a host of this machine, received "${request.hostname}"`);
      request.projectId = auth.projectId;
      return;
    }
    const secret = bearer(request) ?? (request.routeOptions.config.cookie === true ? cookieKey(request) : undefined);
    if (secret === undefined) throw new ApiError('unauthenticated', 'expected a header "Authorization: Bearer ty_…", received none');
    const key = await keyOf(secret, scope);
    const enough: readonly Scope[] = ['admin', ...[scope].flat()];
    if (!key.scopes.some((has) => enough.includes(has)))
      throw new ApiError('forbidden', `the API key has the scopes ${key.scopes.join(', ')}; this needs ${[scope].flat().join(' or ')}`);
    request.projectId = key.projectId;
  });
}

/** @throws ApiError `unauthenticated` when it is nobody's */
async function findKey(database: Deps['database'], secret: string): Promise<KeyRecord> {
  const key = await authenticate(database, secret);
  if (key === undefined) throw new ApiError('unauthenticated', 'the API key is unknown or deleted');
  return key;
}

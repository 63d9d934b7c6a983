import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import { ApiError } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../deps.js';
import { renderMarkdown } from '../http/render-markdown.js';
import { wantsPage } from '../http/wants-page.js';

/** What the build writes in place of a nonce (apps/dashboard/vite.config.ts). */
const noncePlaceholder = '__CSP_NONCE__';

const notBuilt = `# The dashboard has not been built

The API serves, and the files of its web page are missing. Build them, then load this page again:

\`\`\`
node scripts/setup.mjs build
\`\`\`
`;

/**
 * The web page: `/`, for browsers only, and the files that it loads. It reads everything through the public API with the
 * user's key, so its own files need none. All of its places are in the URL's fragment, which leaves the other paths to the API.
 */
export function addDashboard(app: App, { dashboard }: Deps): void {
  const page = { config: { scope: 'open' as const }, schema: { hide: true } };
  app.get('/', page, async (request, reply) => {
    if (!wantsPage(request)) throw new ApiError('not_found', 'the web page is for browsers; the API begins at /v1, and /docs describes it');
    const nonce = randomBytes(16).toString('base64');
    const html = await readFile(path.join(dashboard, 'index.html'), 'utf8').catch(() => undefined);
    void reply.type('text/html; charset=utf-8').headers({
      'content-security-policy': policy(nonce),
      'cache-control': 'no-store', // it names the newest assets, and a nonce is used once
      vary: 'accept',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
    });
    if (html === undefined) return reply.code(503).send(renderMarkdown(notBuilt, 'Trainyard'));
    return reply.send(html.replaceAll(noncePlaceholder, nonce));
  });

  void app.register(async (scope: App) => {
    // Their names have a hash of their content.
    await scope.register(fastifyStatic, { root: path.join(dashboard, 'assets'), serve: false, preCompressed: true, maxAge: '365d', immutable: true, suppressWarning: true });
    scope.get('/assets/*', { ...page, schema: { ...page.schema, params: z.object({ '*': z.string() }) } }, (request, reply) =>
      reply.header('x-content-type-options', 'nosniff').sendFile(request.params['*']),
    );
  });
}

/** Nothing but the page's own: no other host, no inline script. The component library writes style elements, hence the nonce. */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

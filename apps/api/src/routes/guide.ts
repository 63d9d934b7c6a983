import { fileURLToPath } from 'node:url';
import { ApiError } from '@trainyard/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../deps.js';
import { Guide } from '../guide/guide.js';
import { escapeHtml } from '../guide/html.js';
import { pagePlace, renderPage } from '../guide/page.js';
import { referenceMarkdown } from '../guide/reference/reference.js';
import { matches } from '../http/send-object.js';
import { wantsPage } from '../http/wants-page.js';
import type { OpenApiDocument } from '../plugins/finish-document.js';

/** Both `src/routes` and `dist/routes` lie four levels below the root, in a clone as in an image. */
const folder = fileURLToPath(new URL('../../../../docs/', import.meta.url));

/** No script, and of styles and pictures the guide's own. */
const policy = ["default-src 'none'", "style-src 'self'", "img-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"].join('; ');

const headers = {
  'content-security-policy': policy,
  'cache-control': 'public, no-cache', // asked for anew each time, answered by 304 until the server is another version
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** The documentation as pages: docs/, and the reference of the API. No key is needed. */
export function addGuide(app: App): void {
  const guide = new Guide(folder, () => referenceMarkdown(app.swagger() as unknown as OpenApiDocument));
  const page = { config: { scope: 'open' as const }, schema: { hide: true } };
  app.get('/guide', page, (request, reply) => send(guide, '', request, reply));
  app.get('/guide/', page, (_request, reply) => reply.redirect('../guide', 308));
  app.get('/guide/*', { ...page, schema: { ...page.schema, params: z.object({ '*': z.string() }) } }, (request, reply) => send(guide, request.params['*'], request, reply));
  // What `type` of every problem leads to. A browser keeps the fragment.
  app.get('/docs/errors', page, (_request, reply) => reply.redirect('../guide/errors', 308));
}

async function send(guide: Guide, at: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const file = await guide.get(at);
  if (!file) return sendMissing(at, request, reply);
  void reply.headers({ ...headers, etag: file.etag, vary: 'accept-encoding' });
  if (matches(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  void reply.type(file.type);
  if (!file.compressed || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return reply.send(file.content);
  return reply.header('content-encoding', 'gzip').send(file.compressed);
}

/** Browsers get a page with the navigation in it, where the path is one of a page. */
function sendMissing(at: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (at.includes('/') || !wantsPage(request)) throw new ApiError('not_found', `the guide has no page "${at}"; /guide lists those that it has`);
  const html = `<h1>There is no such page</h1>\n<p>The guide has no page <code>${escapeHtml(at)}</code>.</p>`;
  return reply.code(404).headers({ ...headers, 'cache-control': 'no-store' }).type('text/html; charset=utf-8').send(renderPage({ place: pagePlace, name: null, title: 'Not found', html }));
}

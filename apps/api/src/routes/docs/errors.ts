import { readFile } from 'node:fs/promises';
import type { App } from '../../deps.js';
import { renderMarkdown } from '../../http/render-markdown.js';

/** Both `src/routes/docs` and `dist/routes/docs` lie five levels below the root. */
const source = new URL('../../../../../docs/errors.md', import.meta.url);
const policy = "default-src 'none'; style-src 'unsafe-inline'";

/** The page that `type` of every problem leads to: a section for each code. */
export function addErrorDocs(app: App): void {
  app.get('/docs/errors', { config: { scope: 'open' }, schema: { hide: true } }, async (_request, reply) => {
    const page = renderMarkdown(await readFile(source, 'utf8'), 'Errors of Trainyard');
    return reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(page);
  });
}

import { ApiError } from '@trainyard/protocol';
import type { FastifyInstance } from 'fastify';

/** 64 MB: models' JSON and rows to predict from. Larger things are files. */
export const bodyLimit = 64 * 2 ** 20;
const maxDepth = 200;

/** Reads JSON bodies, refusing those that would exhaust the stack of whoever walks them. */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') return done(null, undefined);
    void parse(request, text, (error, body: unknown) => {
      if (error !== null) return done(new ApiError('malformed_json', `the body is not JSON: ${error.message}`));
      if (isDeeperThan(body, maxDepth)) return done(new ApiError('malformed_json', `expected at most ${maxDepth} levels of nesting, received more`));
      done(null, body);
    });
  });
}

/** Without recursion, since depth is what is in question. */
function isDeeperThan(root: unknown, limit: number): boolean {
  let level: object[] = typeof root === 'object' && root !== null ? [root] : [];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: object[] = [];
    for (const container of level) {
      for (const value of Object.values(container) as unknown[]) if (typeof value === 'object' && value !== null) next.push(value);
    }
    level = next;
  }
  return false;
}

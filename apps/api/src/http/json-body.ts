import { ApiError } from '@trainyard/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** 64 MB: models' JSON and rows to predict from. Larger things are files. */
export const bodyLimit = 64 * 2 ** 20;
/** 256 MB: of predict calls, whose rows may be images. */
export const predictBodyLimit = 256 * 2 ** 20;
const maxDepth = 200;

type Done = (error: Error | null, body?: unknown) => void;

/** Reads JSON bodies, refusing those that would exhaust the stack of whoever walks them. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, jsonReader(app));
}

/**
 * Takes every body for JSON, as servers of predictions do: clients of theirs give no content type, and curl's `-d` says that it
 * sends a form.
 */
export function readBodiesAsJson(scope: FastifyInstance): void {
  const read = jsonReader(scope);
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<string>('*', { parseAs: 'string' }, read);
}

/** Reads a text as JSON, or hands on an ApiError `malformed_json`. An empty one is no body. */
export function jsonReader(app: FastifyInstance): (request: FastifyRequest, text: string, done: Done) => void {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, text, done) => {
    if (text === '') return done(null, undefined);
    void parse(request, text, (error, body: unknown) => {
      if (error !== null) return done(new ApiError('malformed_json', `the body is not JSON: ${error.message}`));
      if (isDeeperThan(body, maxDepth)) return done(new ApiError('malformed_json', `expected at most ${maxDepth} levels of nesting, received more`));
      done(null, body);
    });
  };
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

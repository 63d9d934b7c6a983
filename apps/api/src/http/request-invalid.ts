import { issuesOf, type Issue } from '@trainyard/protocol';
import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';

/** A part of a request that its schema refuses. */
export class RequestInvalid extends Error {
  override readonly name = 'RequestInvalid';
  /** Fastify's, for what is wrong with a request. */
  readonly statusCode = 400;
  constructor(
    readonly part: string,
    readonly issues: readonly Issue[],
  ) {
    super(`${part}: ${issues[0]?.pointer ?? ''} ${issues[0]?.detail ?? 'is wrong'}`);
  }
}

/** Makes Fastify validate by zod, and keep what is wrong as issues with pointers. */
export const zodValidatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data: unknown) => {
    // A POST without a body means one with nothing in it.
    const value = httpPart === 'body' && (data === undefined || data === null) ? {} : data;
    const parsed = schema.safeParse(value);
    if (parsed.success) return { value: parsed.data };
    return { error: new RequestInvalid(httpPart ?? 'request', issuesOf(parsed.error, value)) };
  };
};

/** For a route that parses its body itself: the body passes as it came, its schema is for the documentation. */
export const bodyPassesCompiler: FastifySchemaCompiler<unknown> = (route) =>
  route.httpPart === 'body' ? (value: unknown) => ({ value }) : zodValidatorCompiler(route as Parameters<typeof zodValidatorCompiler>[0]);

import { parse } from 'node:querystring';

/** Reads `metadata[team]=nlp` as an object, as OpenAPI's `deepObject` writes one. Repeated names are lists. */
export function parseQueryString(text: string): Record<string, unknown> {
  const query: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(parse(text))) {
    const match = /^(\w+)\[([^\]]+)\]$/.exec(name);
    if (match?.[1] === undefined || match[2] === undefined) {
      query[name] = value;
      continue;
    }
    const nested = (query[match[1]] ??= Object.create(null)) as Record<string, unknown>;
    if (typeof nested === 'object') nested[match[2]] = value;
  }
  return query;
}

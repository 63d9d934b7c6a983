import { Readable } from 'node:stream';
import { ApiError } from '@trainyard/protocol';
import type { ObjectInfo, ObjectStore } from '@trainyard/object-store';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface ObjectAnswer {
  readonly key: string;
  /** What the user knows the file as. */
  readonly filename: string;
  readonly contentType: string;
  /** Without quotes. Default: the store's. */
  readonly etag?: string;
}

/** Answers a stored object: whole, one range of it (RFC 9110), or 304. */
export async function sendObject(store: ObjectStore, request: FastifyRequest, reply: FastifyReply, answer: ObjectAnswer): Promise<FastifyReply> {
  const info = await store.stat(answer.key);
  if (info === undefined) throw new ApiError('not_found', `${answer.filename} is not there any more`);
  const etag = `"${(answer.etag ?? info.etag).replaceAll('"', '')}"`;
  void reply.headers({
    etag,
    'accept-ranges': 'bytes',
    'last-modified': info.modified.toUTCString(),
    'content-type': answer.contentType,
    'content-disposition': contentDisposition(answer.filename),
    // What users stored is never rendered as a page of ours.
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
  });
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const range = rangeOf(request, info, etag, reply);
  const bytes = range === undefined ? info.bytes : range.end - range.start + 1;
  void reply.header('content-length', String(bytes));
  if (range !== undefined) void reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${info.bytes}`);
  if (request.method === 'HEAD') return reply.send(Readable.from([])); // of no payload at all Fastify would say Content-Length: 0
  const { body } = await store.get(answer.key, range ?? (bytes > 0 ? { start: 0, end: bytes - 1 } : undefined));
  return reply.send(body);
}

/** `"a", W/"b"` or `*` against an ETag. */
export function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag.replace(/^W\//, ''));
}

/** The range that is asked for; undefined for the whole file. Several ranges are answered by the whole file. */
function rangeOf(request: FastifyRequest, info: ObjectInfo, etag: string, reply: FastifyReply): { start: number; end: number } | undefined {
  const { range, 'if-range': ifRange } = request.headers;
  const match = range === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(range);
  if (match === null || (match[1] === '' && match[2] === '')) return undefined; // none, or in a form that may be ignored
  if (ifRange !== undefined && ifRange !== etag) return undefined;
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(0, info.bytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? info.bytes - 1 : Math.min(Number(last), info.bytes - 1);
  const isEmptySuffix = first === '' && Number(last) === 0;
  if (start > end || isEmptySuffix) {
    void reply.header('content-range', `bytes */${info.bytes}`);
    throw new ApiError('range_not_satisfiable', `expected a range within ${info.bytes} bytes, received "${range}"`);
  }
  return { start, end };
}

/** RFC 6266: an ASCII fallback, and the name itself. */
export function contentDisposition(filename: string): string {
  const ascii = filename.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
  const encoded = encodeURIComponent(filename).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

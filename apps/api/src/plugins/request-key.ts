import type { FastifyRequest } from 'fastify';

const name = 'trainyard_key';

/** The API key in a request's header. */
export function bearer(request: FastifyRequest): string | undefined {
  return /^Bearer +(ty_[\w-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** The API key in a request's cookie, for routes that browsers load pages from. */
export function cookieKey(request: FastifyRequest): string | undefined {
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
}

/**
 * A `Set-Cookie` that has a browser send the key of a request's header with the requests of a page. It has no path of its own:
 * browsers take that of the request up to its last `/`, as they see it, and a proxy before us may have a prefix. No script reads
 * it, no other site causes it to be sent, and only routes with `cookie: true` look at it.
 */
export function keyCookie(request: FastifyRequest): string | undefined {
  const key = bearer(request);
  if (key === undefined) return undefined;
  const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  return `${name}=${key}; HttpOnly; SameSite=Strict${secure}`;
}

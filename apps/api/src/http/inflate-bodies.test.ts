import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inflateBodies } from './inflate-bodies.js';

const limit = 1000;
let server: FastifyInstance;
let url: string;

beforeAll(async () => {
  server = Fastify({ bodyLimit: limit });
  inflateBodies(server);
  server.post('/', (request) => request.body);
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

/** The status, and what was answered. */
async function post(body: Buffer, headers: Record<string, string>): Promise<[number | undefined, unknown]> {
  const asked = request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return [answer.statusCode, JSON.parse(Buffer.concat(await answer.toArray()).toString())];
}

const json = Buffer.from('{"a":[1,2]}');
const gzip = { 'content-encoding': 'gzip' };

test('bodies are inflated as their encoding says', async () => {
  for (const [body, encoding] of [[gzipSync(json), 'gzip'], [gzipSync(json), 'X-GZIP'], [deflateSync(json), 'deflate'], [json, 'identity']] as const) expect(await post(body, { 'content-encoding': encoding })).toEqual([200, { a: [1, 2] }]);
  expect((await post(json, { 'content-encoding': 'br' }))[1]).toMatchObject({ message: 'Content-Encoding: expected gzip or deflate, received br' });
});

test('a body of more than the limit is refused by what it inflates to', async () => {
  expect((await post(gzipSync(Buffer.alloc(100 * limit, ' ')), gzip))[0]).toBe(413);
});

test.each<[string, Buffer, Record<string, string>, number]>([
  ['is none', json, {}, 400],
  ['is cut short', gzipSync(json).subarray(0, -6), {}, 400],
  ['is none, of a type that nobody reads', json, { 'content-type': 'application/x-unknown' }, 415],
  ['is none, and too long', Buffer.alloc(2 * limit, 'x'), {}, 413],
  ['is damaged beyond the limit', Buffer.concat([gzipSync(Buffer.alloc(100 * limit, ' ')).subarray(0, -4), json]), {}, 413],
])('a gzip body that %s is refused, and the process goes on', async (_, body, headers, status) => {
  expect((await post(body, { ...gzip, ...headers }))[0]).toBe(status);
  expect(await post(gzipSync(json), gzip)).toEqual([200, { a: [1, 2] }]);
});

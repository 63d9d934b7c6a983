import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ApiError } from '@trainyard/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What of a request and of an answer is passed on; all else (keys, cookies, what concerns one connection) is not. */
const passedOn = ['accept', 'accept-encoding', 'content-type', 'content-length', 'if-none-match', 'if-modified-since'];
const passedBack = ['content-type', 'content-length', 'content-encoding', 'content-security-policy', 'cache-control', 'etag', 'expires', 'last-modified', 'vary', 'x-content-type-options'];

/** Answers a request by what a server of this machine answers at `target`. */
export async function proxy(request: FastifyRequest, reply: FastifyReply, target: URL): Promise<FastifyReply> {
  const answer = await ask(request, target);
  for (const name of passedBack) if (answer.headers[name] !== undefined) void reply.header(name, answer.headers[name]);
  return reply.code(answer.statusCode ?? 502).headers({ 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin' }).send(answer);
}

function ask(request: FastifyRequest, target: URL): Promise<IncomingMessage> {
  const headers = Object.fromEntries(passedOn.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, request.headers[name]]])));
  return new Promise((resolve, reject) => {
    const asked = httpRequest(target, { method: request.method, headers }, resolve);
    asked.on('error', (cause) => reject(new ApiError('tensorboard_unavailable', 'TensorBoard does not answer; load the page again', { cause })));
    if (request.body instanceof Readable) request.body.pipe(asked);
    else asked.end();
  });
}

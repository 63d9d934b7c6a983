import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** Answers a stream, which no schema of the route's describes. */
export function sendStream(reply: unknown, contentType: string, stream: Readable): FastifyReply {
  return (reply as FastifyReply).type(contentType).send(stream);
}

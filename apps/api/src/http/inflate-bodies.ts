import type { Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { ApiError } from '@trainyard/protocol';
import type { FastifyInstance } from 'fastify';

const inflaters: Readonly<Record<string, () => ReturnType<typeof createGunzip>>> = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate };

/** Reads bodies that were sent with a `Content-Encoding`. The limit of a body's size is one of what it inflates to. */
export function inflateBodies(scope: FastifyInstance): void {
  scope.addHook('preParsing', async (request, _reply, payload) => {
    const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
    if (encoding === 'identity') return payload;
    const inflater = inflaters[encoding]?.();
    if (!inflater) throw new ApiError('unsupported_media_type', `Content-Encoding: expected gzip or deflate, received ${encoding}`);
    return inflated(payload, inflater);
  });
}

/** Fastify compares what was received before inflating with `Content-Length`. */
function inflated(payload: Readable, inflater: ReturnType<typeof createGunzip>): Readable & { receivedEncodedLength: number } {
  const counted = Object.assign(inflater, { receivedEncodedLength: 0 });
  payload.on('data', (chunk: Buffer) => (counted.receivedEncodedLength += chunk.length));
  payload.on('error', (error) => counted.destroy(error));
  // Who reads the body is told of its errors. Where nobody does any more, as it is refused by its type or its length, they would end the process.
  counted.on('error', () => undefined);
  payload.pipe(counted);
  return counted;
}

import { ApiError, inferenceHeader } from '@trainyard/protocol';
import type { FastifyInstance } from 'fastify';
import { jsonReader } from '../../http/json-body.js';

/** A body: JSON, and bytes behind it. */
export class InferBody {
  constructor(
    readonly json: unknown,
    readonly binary: Uint8Array,
  ) {}
}

/** Reads bodies of whatever content type: clients of the protocol say none, and tell by a header of its own where the JSON ends. */
export function readInferBodies(scope: FastifyInstance): void {
  const read = jsonReader(scope);
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const length = jsonBytes(request.headers[inferenceHeader], body.length);
    if (length === undefined) return done(new ApiError('invalid_parameter', `Inference-Header-Content-Length: expected how many of the ${body.length} bytes are JSON, received ${String(request.headers[inferenceHeader])}`));
    read(request, body.toString('utf8', 0, length), (error, json) => (error === null ? done(null, new InferBody(json, body.subarray(length))) : done(error)));
  });
}

/** @returns undefined where the header does not tell it. */
function jsonBytes(header: string | string[] | undefined, bodyBytes: number): number | undefined {
  if (header === undefined) return bodyBytes;
  const length = /^\d{1,15}$/.test(String(header)) ? Number(header) : NaN;
  return length <= bodyBytes ? length : undefined;
}

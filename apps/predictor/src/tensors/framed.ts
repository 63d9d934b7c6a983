import { bytesOf, bytesPerElement, sizeOf, viewBytes, type NdArray } from '@trainyard/ndarray';
import { ApiError, decodeFrame, encodeFrame, frameMediaType, type FramedArray, type PredictorArrays } from '@trainyard/protocol';
import type { FastifyInstance } from 'fastify';
import type { NamedOutput } from '../batching/work.js';

/** The body of a request that came with bytes behind its JSON. */
export class FramedBody {
  constructor(
    readonly json: unknown,
    readonly parts: readonly Uint8Array[],
  ) {}
}

/** Has bodies that are frames read as {@link FramedBody}. */
export function readFrames(app: FastifyInstance): void {
  app.addContentTypeParser(frameMediaType, { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    try {
      const { json, parts } = decodeFrame(body);
      done(null, new FramedBody(json, parts));
    } catch (error) {
      done(new ApiError('malformed_json', error instanceof Error ? error.message : 'the body is no frame', { cause: error }));
    }
  });
}

/** The arrays whose bytes are a frame's parts, in their order. @throws ApiError where a part is not as long as its array */
export function arraysOf(declared: readonly FramedArray[], parts: readonly Uint8Array[]): Map<string, NdArray> {
  if (declared.length !== parts.length) throw new ApiError('malformed_json', `expected a part for each of ${declared.length} arrays, received ${parts.length}`);
  return new Map(
    declared.map(({ name, dtype, shape }, i) => {
      const bytes = parts[i] as Uint8Array;
      const expected = sizeOf(shape) * bytesPerElement(dtype);
      if (bytes.length !== expected) throw new ApiError('malformed_json', `array ${JSON.stringify(name)}: expected ${expected} bytes, received ${bytes.length}`);
      return [name, { dtype, shape, data: viewBytes(dtype, bytes) }];
    }),
  );
}

/** Outputs as a frame. */
export function toFrame(outputs: readonly NamedOutput[]): Buffer {
  const arrays = outputs.map(({ name, array: { dtype, shape } }) => ({ name, dtype, shape: [...shape] }));
  const parts = outputs.map(({ array: { data } }) => bytesOf(data));
  const frame = encodeFrame({ json: { arrays } satisfies PredictorArrays, parts });
  return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
}

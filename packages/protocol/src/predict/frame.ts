/*
 * JSON with bytes behind it: how tensors travel between the API and a predictor without becoming text. A frame is
 *
 *   4 bytes   length of the JSON, little-endian
 *   the JSON  {"json": …, "parts": [bytes of each part]}
 *   the parts, each of which begins at a multiple of 8 bytes, so that typed arrays can view it where it lies
 */

export const frameMediaType = 'application/x-trainyard-frame';

/** What a frame holds. The parts are views of it. */
export interface Frame {
  readonly json: unknown;
  readonly parts: readonly Uint8Array[];
}

const lengthBytes = 4;
const alignment = 8;
const aligned = (offset: number): number => Math.ceil(offset / alignment) * alignment;

/** @returns bytes that begin a buffer of their own. */
export function encodeFrame({ json, parts }: Frame): Uint8Array {
  const head = new TextEncoder().encode(JSON.stringify({ json, parts: parts.map(({ byteLength }) => byteLength) }));
  const offsets: number[] = [];
  let end = lengthBytes + head.length;
  for (const part of parts) {
    offsets.push(aligned(end));
    end = aligned(end) + part.byteLength;
  }
  const frame = new Uint8Array(end);
  new DataView(frame.buffer).setUint32(0, head.length, true);
  frame.set(head, lengthBytes);
  parts.forEach((part, i) => frame.set(part, offsets[i]));
  return frame;
}

/** @throws RangeError where the bytes are no frame, or not a whole one. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headEnd = bytes.length < lengthBytes ? Infinity : lengthBytes + view.getUint32(0, true);
  if (headEnd > bytes.length) throw new RangeError(`a frame: expected at least ${headEnd} bytes, received ${bytes.length}`);
  const { json, parts } = parseHead(new TextDecoder().decode(bytes.subarray(lengthBytes, headEnd)));
  let end = headEnd;
  const views = parts.map((length) => {
    const start = aligned(end);
    end = start + length;
    return bytes.subarray(start, end);
  });
  if (end !== bytes.length) throw new RangeError(`a frame: expected ${end} bytes, received ${bytes.length}`);
  return { json, parts: views };
}

function parseHead(text: string): { json: unknown; parts: number[] } {
  let head: unknown;
  try {
    head = JSON.parse(text);
  } catch (error) {
    throw new RangeError('a frame: expected JSON at its head', { cause: error });
  }
  const { json, parts } = (head ?? {}) as { json?: unknown; parts?: unknown };
  const isLength = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!Array.isArray(parts) || !parts.every(isLength)) throw new RangeError("a frame: expected the lengths of its parts at its head");
  return { json, parts };
}

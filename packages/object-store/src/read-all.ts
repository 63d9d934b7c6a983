import type { Readable } from 'node:stream';

/** A stream's bytes in one array of `bytes` bytes. @throws RangeError when the stream holds another number of bytes */
export async function readAll(body: Readable, bytes: number): Promise<Uint8Array> {
  const out = new Uint8Array(bytes);
  let at = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    if (at + chunk.length > bytes) throw new RangeError(`expected ${bytes} bytes, received more`);
    out.set(chunk, at);
    at += chunk.length;
  }
  if (at !== bytes) throw new RangeError(`expected ${bytes} bytes, received ${at}`);
  return out;
}

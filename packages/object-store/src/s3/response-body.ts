import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { SilentServerError, TruncatedBodyError } from './errors.js';

/**
 * A response's bytes, exactly `bytes` of them where the server said how many. A server that falls silent while the reader waits, or that closes the
 * connection early, makes the stream fail with `toError` of the reason; a reader that takes its time does not.
 */
export function responseBody(response: IncomingMessage, bytes: number | undefined, timeoutMs: number, toError: (error: unknown) => unknown): Readable {
  const body = Readable.from(chunksOf(response, bytes, timeoutMs, toError), { objectMode: false, highWaterMark: 256 * 1024 });
  body.once('close', () => response.destroy()); // a reader that stops early gives the connection back
  return body;
}

async function* chunksOf(response: IncomingMessage, bytes: number | undefined, timeoutMs: number, toError: (error: unknown) => unknown): AsyncGenerator<Uint8Array> {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  let received = 0;
  try {
    for (;;) {
      const next = await within(timeoutMs, chunks.next());
      if (next.done === true) break;
      received += next.value.length;
      yield next.value;
    }
    if (bytes !== undefined && received !== bytes) throw new TruncatedBodyError(bytes, received);
  } catch (error) {
    throw toError(error);
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new SilentServerError(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}

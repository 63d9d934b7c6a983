import { finished, type Readable } from 'node:stream';
import { InvalidRangeError, ObjectNotFoundError, ObjectStoreUnavailableError, type ObjectStore } from '@trainyard/object-store';
import { DataError } from '../data-error.js';
import type { Shard } from '../dataset.js';
import { retrying, type RetryPolicy } from './retry.js';

/** Bytes that are asked for at once: large enough that the wait for an answer counts little. */
export const readBytes = 4 * 1024 * 1024;

/** `[start, end)` in ranges of so many bytes at most. */
export function* rangesOf(start: number, end: number): Generator<{ readonly start: number; readonly end: number }> {
  for (let at = start; at < end; at += readBytes) yield { start: at, end: Math.min(end, at + readBytes) };
}

const defaultSlowestReadMs = 120_000;

/** A shard that can be read in ranges, and that is the same object from the first byte to the last. */
export class ShardFile {
  constructor(
    readonly shard: Shard,
    readonly store: ObjectStore,
    private readonly policy: RetryPolicy,
  ) {}

  get name(): string {
    return this.shard.name;
  }
  get bytes(): number {
    return this.shard.bytes;
  }

  /**
   * Bytes `[start, end)`; both lie within the file.
   * @throws DataError when the object is not the one that was listed
   */
  async read(start: number, end: number, signal?: AbortSignal): Promise<Buffer> {
    if (end <= start) return Buffer.alloc(0);
    return retrying(() => this.readOnce(start, end, signal), this.policy, signal);
  }

  /** Bytes `[start, end)` in pieces. The next piece is asked for when it is wanted: nothing is read ahead. */
  async *pieces(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    for (const range of rangesOf(start, end)) yield await this.read(range.start, range.end, signal);
  }

  private async readOnce(start: number, end: number, signal?: AbortSignal): Promise<Buffer> {
    const { info, body } = await this.store.get(this.shard.key, { start, end: end - 1 }).catch((error: unknown) => {
      if (error instanceof ObjectNotFoundError) throw this.changed('it was deleted');
      if (error instanceof InvalidRangeError) throw this.changed(`it had ${this.bytes} bytes and has fewer`);
      throw error;
    });
    if (info.etag !== this.shard.etag) {
      body.destroy();
      throw this.changed(`its ETag was ${this.shard.etag} and is ${info.etag}`);
    }
    const slowestMs = (this.policy.slowestReadMs ?? defaultSlowestReadMs) * Math.max(1, (end - start) / readBytes);
    const late = setTimeout(() => body.destroy(new ObjectStoreUnavailableError(`${this.name}: ${end - start} bytes did not come within ${slowestMs} ms`)), slowestMs);
    try {
      return await collect(body, end - start, signal);
    } finally {
      clearTimeout(late);
    }
  }

  private changed(what: string): DataError {
    return new DataError(this.name, `the file changed while it was in use: ${what}; leave data alone while a job uses it, or put the new data under another name`, { code: 'dataset_changed' });
  }
}

/** The stream's bytes. They are taken as they come: to iterate over the chunks took a quarter more of the time of a read. */
function collect(body: Readable, bytes: number, signal?: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const out = Buffer.allocUnsafeSlow(bytes); // a buffer of its own: arrays are views of it
    let at = 0;
    const stop = (): void => void body.destroy(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    body.on('data', (chunk: Buffer) => (at += chunk.copy(out, at)));
    finished(body, (error) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason as Error);
      else if (error) reject(error);
      else if (at !== bytes) reject(new RangeError(`expected ${bytes} bytes from the object store, received ${at}`));
      else resolve(out);
    });
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
  });
}

import type { Readable } from 'node:stream';

const MiB = 1024 * 1024;

/**
 * The size of part `index`: S3 takes at most 10,000 parts of at least 5 MiB, and the length of a stream is not known
 * beforehand, so parts grow from 8 MiB by 8 MiB every 1,000 parts: room for 430 GiB, and little memory for what is small.
 */
export function partBytes(index: number): number {
  return 8 * MiB * (1 + Math.floor(index / 1000));
}

export interface Part {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/** A stream cut into parts; at least one, which is empty for an empty stream. Holds one part in memory at a time. */
export async function* partsOf(body: Readable, sizeOf: (index: number) => number = partBytes): AsyncGenerator<Part> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let index = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    let rest = chunk;
    // Only when more bytes follow is a full part known not to be the last one.
    while (pendingBytes + rest.length > sizeOf(index)) {
      const taken = sizeOf(index) - pendingBytes;
      yield { bytes: Buffer.concat([...pending, rest.subarray(0, taken)]), isLast: false };
      rest = rest.subarray(taken);
      pending = [];
      pendingBytes = 0;
      index++;
    }
    pending.push(rest);
    pendingBytes += rest.length;
  }
  yield { bytes: Buffer.concat(pending), isLast: true };
}

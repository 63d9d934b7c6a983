import type { Readable } from 'node:stream';

export interface TarEntry {
  readonly path: string;
  readonly bytes: number;
  readonly modified: Date;
  /** Exactly `bytes` bytes. */
  open(): Promise<Readable>;
}

const block = 512;

/** A tar archive (POSIX ustar; longer or other than ASCII paths by a pax header), entry by entry. */
export async function* tar(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    const name = Buffer.from(entry.path);
    if (name.length > 100 || name.length !== entry.path.length) yield* paxHeader(entry);
    yield header({ name: name.subarray(0, 100), bytes: entry.bytes, modified: entry.modified, type: '0' });
    for await (const chunk of await entry.open()) yield chunk as Uint8Array;
    yield padding(entry.bytes);
  }
  yield Buffer.alloc(2 * block);
}

function* paxHeader({ path, modified }: TarEntry): Generator<Uint8Array> {
  const record = (length: number): Buffer => Buffer.from(`${length} path=${path}\n`);
  let length = record(0).length;
  while (record(length).length !== length) length = record(length).length; // the length counts its own digits
  yield header({ name: Buffer.from('pax_header'), bytes: length, modified, type: 'x' });
  yield record(length);
  yield padding(length);
}

function header({ name, bytes, modified, type }: { name: Uint8Array; bytes: number; modified: Date; type: string }): Buffer {
  const result = Buffer.alloc(block);
  const octal = (value: number, at: number, width: number): void => void result.write(value.toString(8).padStart(width - 1, '0'), at);
  result.set(name, 0);
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(bytes, 124, 12);
  octal(Math.floor(modified.getTime() / 1000), 136, 12);
  result.write(' '.repeat(8), 148); // the checksum's own place counts as blanks
  result.write(type, 156);
  result.write('ustar\u000000', 257);
  const sum = result.reduce((total, byte) => total + byte, 0);
  result.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return result;
}

const padding = (bytes: number): Buffer => Buffer.alloc((block - (bytes % block)) % block);

import type { FileHandle } from 'node:fs/promises';

/** The system reads no more at once. */
const mostAtOnce = 2 ** 30;

/** An open file's bytes, read to where they stay: as a stream, 100 MB took four times as long. @throws RangeError when it has fewer than `bytes` */
export async function readWhole(file: FileHandle, bytes: number): Promise<Uint8Array> {
  const out = new Uint8Array(bytes);
  let at = 0;
  while (at < bytes) {
    const { bytesRead } = await file.read(out, at, Math.min(bytes - at, mostAtOnce), at);
    if (bytesRead === 0) throw new RangeError(`expected ${bytes} bytes, received ${at}`);
    at += bytesRead;
  }
  return out;
}

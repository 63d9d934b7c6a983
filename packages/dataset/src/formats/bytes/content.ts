import { Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { DataError } from '../../data-error.js';
import { readBytes, type ShardFile } from '../../shards/shard-file.js';
import { RatioLimit } from './ratio-limit.js';

export type Compression = 'none' | 'gzip' | 'zlib';

/** Of whoever wants the beginning of a file only, the first reads are small. */
const headBytes = 64 * 1024;
const inflatedBytes = 256 * 1024;

export interface ContentOptions {
  readonly compression: Compression;
  /** Only the beginning is wanted: the reader will stop early. */
  readonly head?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a file holds, decompressed, from front to back in buffers of at most 4 MiB; nothing is read ahead.
 * @throws DataError where the compressed data are damaged, cut short, or more than they can be in earnest
 */
export async function* contentOf(file: ShardFile, { compression, head = false, signal }: ContentOptions): AsyncGenerator<Buffer, void> {
  const pieces = head ? growingPieces(file, signal) : file.pieces(0, file.bytes, signal);
  if (compression === 'none') {
    yield* pieces;
    return;
  }
  const source = Readable.from(pieces, { objectMode: false, highWaterMark: 1 });
  const inflate = compression === 'gzip' ? createGunzip({ chunkSize: inflatedBytes }) : createInflate({ chunkSize: inflatedBytes });
  const limit = new RatioLimit(file, inflate);
  source.once('error', (error) => inflate.destroy(error));
  inflate.once('error', (error) => limit.destroy(error));
  source.pipe(inflate).pipe(limit);
  let bytes = 0;
  try {
    for await (const chunk of limit as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('Z_')) throw error;
    throw new DataError(file.name, `the ${compression} data are damaged or cut short (after ${bytes} bytes of content): ${(error as Error).message}; upload the file again`, { cause: error });
  } finally {
    for (const stage of [source, inflate, limit]) stage.destroy();
  }
}

async function* growingPieces(file: ShardFile, signal?: AbortSignal): AsyncGenerator<Buffer, void> {
  for (let at = 0, bytes = headBytes; at < file.bytes; at += bytes, bytes = Math.min(readBytes, bytes * 4)) yield await file.read(at, Math.min(file.bytes, at + bytes), signal);
}

/** What a file's name tells of its compression. */
export function compressionOf(file: ShardFile): Compression {
  return file.name.toLowerCase().endsWith('.gz') ? 'gzip' : 'none';
}

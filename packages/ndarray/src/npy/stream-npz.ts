import { crc32 } from 'node:zlib';
import type { DType } from '../dtype.js';
import { combineChecksums } from '../zip/combine-checksums.js';
import { streamZip } from '../zip/stream-zip.js';
import { encodeNpyHeader } from './npy.js';

/** Some of an array's bytes, little-endian, in C order. */
export interface NpzPiece {
  readonly bytes: number;
  /** CRC-32 of them. */
  readonly crc: number;
  open(): AsyncIterable<Uint8Array>;
}

/** An array that is nowhere whole: its pieces lie behind each other. */
export interface StreamedArray {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly pieces: readonly NpzPiece[];
}

/**
 * An .npz of any size, as `numpy.savez` writes it, piece by piece: `numpy.load` opens it. Equal arrays give equal bytes, however
 * they are cut into pieces.
 */
export function streamNpz(arrays: readonly StreamedArray[]): AsyncGenerator<Uint8Array, void> {
  return streamZip(
    arrays.map(({ name, dtype, shape, pieces }) => {
      const header = encodeNpyHeader(dtype, shape);
      return {
        name: `${name}.npy`,
        bytes: pieces.reduce((sum, { bytes }) => sum + bytes, header.length),
        crc: pieces.reduce((crc, piece) => combineChecksums(crc, piece.crc, piece.bytes), crc32(header)),
        open: () => contentOf(header, pieces),
      };
    }),
  );
}

async function* contentOf(header: Uint8Array, pieces: readonly NpzPiece[]): AsyncGenerator<Uint8Array, void> {
  yield header;
  for (const piece of pieces) yield* piece.open();
}

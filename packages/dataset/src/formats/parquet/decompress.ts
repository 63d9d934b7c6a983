import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import { compressors, decompressLz4, decompressLz4Raw, decompressZstd } from 'hyparquet-compressors';

/** A page's bytes, decompressed to the length that its header declares. @throws Error where they are not that long, or damaged */
export function decompressPage(codec: CompressionCodec, bytes: Uint8Array, length: number): Uint8Array {
  if (length === 0) return new Uint8Array();
  const page = decompress(codec, bytes, length);
  if (page.length !== length) throw new RangeError(`expected ${length} bytes after decompression, received ${page.length}`);
  return page;
}

function decompress(codec: CompressionCodec, bytes: Uint8Array, length: number): Uint8Array {
  switch (codec) {
    case 'UNCOMPRESSED':
      return bytes;
    case 'SNAPPY':
      if (!compressors.SNAPPY) throw new Error('the library has no snappy');
      return compressors.SNAPPY(bytes, length);
    case 'GZIP':
      return gunzipSync(bytes, { maxOutputLength: length });
    case 'BROTLI':
      return brotliDecompressSync(bytes, { maxOutputLength: length });
    case 'ZSTD':
      return decompressZstd(bytes, new Uint8Array(length)); // into room of that length: a frame may declare any
    case 'LZ4':
      return decompressLz4(bytes, length);
    case 'LZ4_RAW':
      return decompressLz4Raw(bytes, length);
    default:
      throw new RangeError(`expected pages without compression or compressed by snappy, gzip, brotli, zstd or lz4, received ${codec}`);
  }
}

import CRC32C from 'crc-32/crc32c.js';

/** A checksum as TFRecord stores it: CRC-32C, rotated by 15 bits, plus a constant, so that records may hold records. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = CRC32C.buf(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

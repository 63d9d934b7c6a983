import { crc32 } from 'node:zlib';
import { combineChecksums } from '@trainyard/ndarray';

/** Where a .npy lies in a file, and the checksum of all of it where the archive has one. */
export interface StoredRange {
  readonly start: number;
  readonly end: number;
  readonly crc?: number;
}

/**
 * The checksum of bytes that are read in ranges here and there, as a stream reads them: once the ranges cover all, their
 * checksums together are compared with the archive's; each range that is read again has to be what it was.
 */
export class PiecewiseChecksum {
  private readonly ranges = new Map<number, { readonly end: number; readonly crc: number }>();
  private read = 0;
  private compared = false;

  constructor(private readonly range: StoredRange) {}

  /** Whether the bytes from `at` on have been read. */
  knows(at: number): boolean {
    return this.range.crc === undefined || this.ranges.has(at);
  }

  /** @returns false where the bytes are not what was read before, or all of them are not what the archive says */
  take(at: number, bytes: Buffer): boolean {
    if (this.range.crc === undefined || bytes.length === 0) return true;
    const crc = crc32(bytes);
    const known = this.ranges.get(at);
    if (known?.end === at + bytes.length) return known.crc === crc;
    this.ranges.set(at, { end: at + bytes.length, crc });
    this.read += bytes.length;
    return this.compared || this.read < this.range.end - this.range.start || this.compare();
  }

  private compare(): boolean {
    let at = this.range.start;
    let all = 0;
    while (at < this.range.end) {
      const next = this.ranges.get(at);
      if (!next) return true; // ranges overlap, and some are still missing
      all = combineChecksums(all, next.crc, next.end - at);
      at = next.end;
    }
    this.compared = true;
    return all === this.range.crc;
  }
}

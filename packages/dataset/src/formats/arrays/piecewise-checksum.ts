import { crc32 } from 'node:zlib';

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

/**
 * CRC-32 of two pieces behind each other, from theirs. A checksum is a polynomial over GF(2): `bytes` more zero bytes behind
 * the first piece multiply its own by x^(8·bytes), here by repeated squaring of the matrix that stands for one zero bit.
 */
export function combineChecksums(first: number, second: number, bytes: number): number {
  let power: Uint32Array = Uint32Array.from({ length: 32 }, (_, bit) => (bit === 0 ? 0xedb88320 : 2 ** (bit - 1))); // one zero bit
  for (let i = 0; i < 3; i++) power = squared(power); // one zero byte
  let shifted = first;
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) shifted = times(power, shifted);
    power = squared(power);
  }
  return (shifted ^ second) >>> 0;
}

function times(matrix: Uint32Array, vector: number): number {
  let sum = 0;
  for (let bit = 0; bit < 32; bit++) if ((vector >>> bit) & 1) sum ^= matrix[bit] ?? 0;
  return sum >>> 0;
}

function squared(matrix: Uint32Array): Uint32Array {
  return matrix.map((column) => times(matrix, column));
}

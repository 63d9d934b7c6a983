import { InvalidRangeError } from './errors.js';
import type { ByteRange } from './object-store.js';

/** Checks that a range is one, before any store is asked. @throws InvalidRangeError */
export function checkRange(key: string, { start, end }: ByteRange): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start)
    throw new InvalidRangeError(key, `expected a range with 0 <= start <= end, received ${start} to ${end}`);
}

/** The part of `range` that exists in an object of `bytes` bytes. @throws InvalidRangeError when that is nothing */
export function clipRange(key: string, { start, end }: ByteRange, bytes: number): ByteRange {
  if (start >= bytes) throw new InvalidRangeError(key, `expected a range that starts within its ${bytes} bytes, received ${start} to ${end}`);
  return { start, end: Math.min(end, bytes - 1) };
}

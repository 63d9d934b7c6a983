import { InvalidKeyError } from './errors.js';

/** S3's limit, in bytes of UTF-8. */
export const maxKeyBytes = 1024;

/** `\` too: SeaweedFS and Windows take it for `/`, which would make two keys of one and a parent of `..`. */
const REFUSED = /[\p{Cc}\p{Surrogate}\\]/u;

/**
 * Accepts the keys that every driver can hold and that name one object unambiguously: segments parted by single `/`,
 * none of them empty, `.` or `..`; no control characters and no `\`; at most 1,024 bytes of UTF-8.
 * @throws InvalidKeyError
 */
export function checkKey(key: string): void {
  if (key === '') throw new InvalidKeyError(key, 'expected at least one character, received none');
  checkCharacters(key);
  for (const segment of key.split('/')) checkSegment(key, segment);
}

/** A prefix to list: the beginning of a key, so its last segment may be incomplete or empty. @throws InvalidKeyError */
export function checkPrefix(prefix: string): void {
  checkCharacters(prefix);
  for (const segment of prefix.split('/').slice(0, -1)) checkSegment(prefix, segment);
}

function checkCharacters(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > maxKeyBytes) throw new InvalidKeyError(key, `expected at most ${maxKeyBytes} bytes, received ${bytes}`);
  if (REFUSED.test(key)) throw new InvalidKeyError(key, 'expected no control characters, no "\\" and no half surrogate pairs');
}

function checkSegment(key: string, segment: string): void {
  if (segment === '') throw new InvalidKeyError(key, 'expected no "/" at the beginning or end and no two in a row');
  if (segment === '.' || segment === '..') throw new InvalidKeyError(key, `expected no segment ${JSON.stringify(segment)}`);
}

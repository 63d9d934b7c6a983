import { LOCAL_HEADER_BYTES, type ZipEntry } from './records.js';

/** Deflate makes at most 1,032 bytes of one; arrays that are anything but one value repeated stay far below. */
const MAX_RATIO = 1000;
/** Below this, whatever it was compressed from does no harm. */
const HARMLESS_BYTES = 16 * 1024 * 1024;

/** What is wrong with the members of an archive as a whole, and with which of them. */
export interface ZipFault {
  readonly name: string;
  readonly problem: string;
}

/**
 * The first thing in a directory that no tool writes and that an attack needs: a name that leads out of a folder or is one of
 * JavaScript's own, two members of one name, members that share bytes of the archive, compression beyond all reason.
 */
export function findZipFault(entries: readonly ZipEntry[]): ZipFault | undefined {
  return findBadName(entries) ?? findOverlap(entries) ?? findBomb(entries);
}

function findBadName(entries: readonly ZipEntry[]): ZipFault | undefined {
  const seen = new Set<string>();
  for (const { name } of entries) {
    if (!isSafeName(name)) return { name, problem: 'expected a relative name, without "..", backslashes or control characters' };
    if (seen.has(name)) return { name, problem: 'expected members of different names, received two of this name' };
    seen.add(name);
  }
  return undefined;
}

function isSafeName(name: string): boolean {
  const parts = name.replace(/\/$/, '').split('/');
  // Control characters: NUL ends a name elsewhere.
  // eslint-disable-next-line no-control-regex
  return !/[\\\u0000-\u001f\u007f]|^[A-Za-z]:/.test(name) && parts.every((part) => part !== '' && part !== '.' && part !== '..' && !(part.replace(/\.npy$/, '') in Object.prototype));
}

/** Each member's bytes begin behind those of the one before. */
function findOverlap(entries: readonly ZipEntry[]): ZipFault | undefined {
  let end = 0;
  for (const { name, headerOffset, compressedBytes } of [...entries].sort((a, b) => a.headerOffset - b.headerOffset)) {
    if (headerOffset < end) return { name, problem: `expected bytes of its own in the archive, received some that another member has too (from byte ${headerOffset} on)` };
    // A name has at least as many bytes as characters, in whatever encoding.
    end = headerOffset + LOCAL_HEADER_BYTES + name.length + compressedBytes;
  }
  return undefined;
}

function findBomb(entries: readonly ZipEntry[]): ZipFault | undefined {
  const bomb = entries.find(({ bytes, compressedBytes }) => bytes > HARMLESS_BYTES && bytes > MAX_RATIO * compressedBytes);
  return bomb && { name: bomb.name, problem: `expected at most ${MAX_RATIO} bytes from each compressed one, received ${bomb.bytes} from ${bomb.compressedBytes}` };
}

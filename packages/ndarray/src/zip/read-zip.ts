import { crc32, inflateRawSync } from 'node:zlib';
import { findZipEnd, LOCAL_HEADER_BYTES, parseZip64End, parseZipEntry, parseZipLocalHeader, ZIP64_END_BYTES, type ZipDirectoryPlace, type ZipEntry } from './records.js';

/** What messages about an archive call it and what is in it, and the error that they become. */
export interface ZipWords {
  /** `npz file` */
  readonly archive: string;
  /** `array` */
  readonly member: string;
  /** `an npz (a zip archive of .npy files)` */
  readonly expected: string;
  /** What to do about a compression that is not read. */
  readonly remedy: string;
  readonly error: (place: string, problem: string, options?: ErrorOptions) => Error;
}

/** The members of an archive in the order of its central directory. @throws `words.error` where the archive is cut short, damaged or no zip. */
export function readZipDirectory(zip: Buffer, words: ZipWords): ZipEntry[] {
  const { count, offset } = findDirectory(zip, words);
  const entries: ZipEntry[] = [];
  let at = offset;
  for (let i = 0; i < count; i++) {
    const last = entries.at(-1);
    const parsed = parseZipEntry(zip, at);
    if (!parsed)
      throw words.error(`the ${words.archive}`, `the directory names ${count} ${words.member}s, and breaks off after ${i}${last ? ` (the last is ${JSON.stringify(last.name)})` : ''}`);
    if (parsed.entry.encrypted) throw words.error(parsed.entry.name, `expected ${words.member === 'array' ? 'an' : 'a'} ${words.member} without encryption, received an encrypted one`);
    entries.push(parsed.entry);
    at = parsed.next;
  }
  return entries;
}

/** The bytes of a member, checked against its CRC. @param place what messages call it. */
export function readZipEntry(zip: Buffer, entry: ZipEntry, place: string, words: ZipWords): Buffer {
  const { headerOffset: at, compressedBytes } = entry;
  const header = parseZipLocalHeader(zip.subarray(at, at + LOCAL_HEADER_BYTES));
  if (!header) throw words.error(place, `its header should be at byte ${at} of the ${words.archive}; the file, ${zip.length} bytes, does not have it there: it is cut short or damaged`);
  const nameAt = at + LOCAL_HEADER_BYTES;
  const name = zip.toString('utf8', nameAt, nameAt + header.nameBytes);
  // A member is named twice; other readers go by the name before its data.
  if (name !== entry.name) throw words.error(place, `expected the same name before its data as in the directory, received ${JSON.stringify(name)}`);
  const start = nameAt + header.nameBytes + header.extraBytes;
  if (start + compressedBytes > zip.length)
    throw words.error(place, `needs ${compressedBytes} bytes from byte ${start} on, the ${words.archive} has ${Math.max(0, zip.length - start)} there: ${start + compressedBytes - zip.length} are missing`);
  const data = unpack(zip.subarray(start, start + compressedBytes), entry, place, words);
  if (data.length !== entry.bytes) throw words.error(place, `expected ${entry.bytes} bytes after decompression, received ${data.length}`);
  if (crc32(data) !== entry.crc) throw words.error(place, `its checksum does not match its data: the ${words.archive} is damaged`);
  return data;
}

function unpack(data: Buffer, { method, bytes }: ZipEntry, place: string, words: ZipWords): Buffer {
  if (method === 0) return data;
  if (method !== 8) throw words.error(place, `expected compression method 0 (stored) or 8 (deflate), received ${method}; ${words.remedy}`);
  try {
    // Not a byte more than the directory announces: a bomb ends here.
    return inflateRawSync(data, { maxOutputLength: Math.max(bytes, 1) });
  } catch (error) {
    throw words.error(place, `its compressed data cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function findDirectory(zip: Buffer, words: ZipWords): ZipDirectoryPlace {
  const place = `the ${words.archive}`;
  const end = findZipEnd(zip);
  if (!end) {
    const isZip = parseZipLocalHeader(zip) !== undefined;
    throw words.error(place, isZip ? `the directory at its end is missing: the file is cut short after ${zip.length} bytes` : `expected ${words.expected}, received something else`);
  }
  if ('offset' in end) return end;
  const wide = parseZip64End(zip.subarray(end.zip64At, end.zip64At + ZIP64_END_BYTES));
  if (!wide) throw words.error(place, `its zip64 directory should be at byte ${end.zip64At}, and is not there: the file is damaged`);
  return wide;
}

import { crc32, inflateRawSync } from 'node:zlib';
import { NpyError } from './npy-error.js';

/** A member of a zip archive, as its central directory tells it (PKWARE APPNOTE 6.3, section 4.3.12). */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Where the member's local header is. */
  readonly headerOffset: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const ZIP64_END = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const FILE = 'the npz file';

/** The members of an archive in the order of its central directory. @throws NpyError where the archive is cut short or no zip. */
export function readDirectory(zip: Buffer): ZipEntry[] {
  const { count, offset } = findDirectory(zip);
  const entries: ZipEntry[] = [];
  let at = offset;
  for (let i = 0; i < count; i++) {
    const last = entries.at(-1);
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw new NpyError(FILE, `the directory names ${count} arrays, and breaks off after ${i}${last ? ` (the last is ${JSON.stringify(last.name)})` : ''}`);
    const nameBytes = zip.readUInt16LE(at + 28);
    const extraBytes = zip.readUInt16LE(at + 30);
    const next = at + 46 + nameBytes + extraBytes + zip.readUInt16LE(at + 32);
    const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
    const entry = { name, method: zip.readUInt16LE(at + 10), crc: zip.readUInt32LE(at + 16), compressedBytes: zip.readUInt32LE(at + 20), bytes: zip.readUInt32LE(at + 24), headerOffset: zip.readUInt32LE(at + 42) };
    if (zip.readUInt16LE(at + 8) & 1) throw new NpyError(name, 'expected an array without encryption, received an encrypted one');
    entries.push(withZip64(entry, zip.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes)));
    at = next;
  }
  return entries;
}

/** The bytes of a member, checked against its CRC. @param place what messages call it. */
export function readEntry(zip: Buffer, entry: ZipEntry, place: string): Buffer {
  const { headerOffset: header, compressedBytes } = entry;
  if (header + 30 > zip.length || zip.readUInt32LE(header) !== LOCAL_HEADER)
    throw new NpyError(place, `its header should be at byte ${header} of the npz file; the file, ${zip.length} bytes, does not have it there: it is cut short or damaged`);
  const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  if (start + compressedBytes > zip.length)
    throw new NpyError(place, `needs ${compressedBytes} bytes from byte ${start} on, the npz file has ${Math.max(0, zip.length - start)} there: ${start + compressedBytes - zip.length} are missing`);
  const data = unpack(zip.subarray(start, start + compressedBytes), entry, place);
  if (data.length !== entry.bytes) throw new NpyError(place, `expected ${entry.bytes} bytes after decompression, received ${data.length}`);
  if (crc32(data) !== entry.crc) throw new NpyError(place, 'its checksum does not match its data: the npz file is damaged');
  return data;
}

function unpack(data: Buffer, { method, bytes }: ZipEntry, place: string): Buffer {
  if (method === 0) return data;
  if (method !== 8) throw new NpyError(place, `expected compression method 0 (stored) or 8 (deflate), received ${method}; save with numpy.savez or numpy.savez_compressed`);
  try {
    // Not a byte more than the directory announces: a bomb ends here.
    return inflateRawSync(data, { maxOutputLength: Math.max(bytes, 1) });
  } catch (error) {
    throw new NpyError(place, `its compressed data cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** The archive's end record is its last 22 bytes, unless a comment of up to 65,535 bytes follows. */
function findDirectory(zip: Buffer): { count: number; offset: number } {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 0xffff); at--) {
    if (zip.readUInt32LE(at) !== END_OF_DIRECTORY || at + 22 + zip.readUInt16LE(at + 20) !== zip.length) continue;
    const plain = { count: zip.readUInt16LE(at + 10), offset: zip.readUInt32LE(at + 16) };
    if (at < 20 || zip.readUInt32LE(at - 20) !== ZIP64_LOCATOR) return plain;
    const end = Number(zip.readBigUInt64LE(at - 12));
    if (end + 56 > zip.length || zip.readUInt32LE(end) !== ZIP64_END) throw new NpyError(FILE, `its zip64 directory should be at byte ${end}, and is not there: the file is damaged`);
    return { count: Number(zip.readBigUInt64LE(end + 32)), offset: Number(zip.readBigUInt64LE(end + 48)) };
  }
  const isZip = zip.length >= 4 && zip.readUInt32LE(0) === LOCAL_HEADER;
  throw new NpyError(FILE, isZip ? `the directory at its end is missing: the file is cut short after ${zip.length} bytes` : 'expected an npz (a zip archive of .npy files), received something else');
}

/** Sizes and offsets of 0xffffffff stand in the zip64 field, in this order, each only if it is needed (4.5.3). */
function withZip64(entry: ZipEntry, extra: Buffer): ZipEntry {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    let used = 0;
    const wide = (narrow: number): number => {
      if (narrow !== 0xffffffff || used + 8 > field.length) return narrow;
      used += 8;
      return Number(field.readBigUInt64LE(used - 8));
    };
    return { ...entry, bytes: wide(entry.bytes), compressedBytes: wide(entry.compressedBytes), headerOffset: wide(entry.headerOffset) };
  }
  return entry;
}

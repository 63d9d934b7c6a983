/*
 * The records of a zip archive, byte by byte (PKWARE APPNOTE 6.3). Whoever reads one, from memory or from ranges of a file
 * in storage, reads them with these, and says what is wrong in words of their own.
 */

/** A member of a zip archive, as its central directory tells it (4.3.12). */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly compressedBytes: number;
  /** After decompression. */
  readonly bytes: number;
  /** Where the member's local header is. */
  readonly headerOffset: number;
}

/** Where the central directory is, and how many members it lists. */
export interface ZipDirectoryPlace {
  readonly count: number;
  readonly bytes: number;
  readonly offset: number;
}

const END = 0x06054b50;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_END = 0x06064b50;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const ZIP64_LOCATOR_BYTES = 20;
const WIDE = 0xffffffff;

/** Bytes of a local header before the name. */
export const LOCAL_HEADER_BYTES = 30;
/** Bytes of the record to which a zip64 locator points, as far as it is read. */
export const ZIP64_END_BYTES = 56;
/** The end record, a comment of up to 65,535 bytes behind it and the zip64 locator before it are within the last bytes of an archive. */
export const ZIP_TAIL_BYTES = END_BYTES + 0xffff + ZIP64_LOCATOR_BYTES;

/**
 * The end record in an archive's last bytes: the place of the directory, or that of the zip64 record that tells it.
 * Undefined where there is none: the archive is cut short, or is no zip.
 */
export function findZipEnd(tail: Buffer): ZipDirectoryPlace | { readonly zip64At: number } | undefined {
  for (let at = tail.length - END_BYTES; at >= Math.max(0, tail.length - END_BYTES - 0xffff); at--) {
    if (tail.readUInt32LE(at) !== END || at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.length) continue;
    const locator = at - ZIP64_LOCATOR_BYTES;
    if (locator >= 0 && tail.readUInt32LE(locator) === ZIP64_LOCATOR) return { zip64At: Number(tail.readBigUInt64LE(locator + 8)) };
    return { count: tail.readUInt16LE(at + 10), bytes: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
  }
  return undefined;
}

/** The zip64 end record (4.3.14). Undefined where `record` is not one. */
export function parseZip64End(record: Buffer): ZipDirectoryPlace | undefined {
  if (record.length < ZIP64_END_BYTES || record.readUInt32LE(0) !== ZIP64_END) return undefined;
  return { count: Number(record.readBigUInt64LE(32)), bytes: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48)) };
}

/** The directory's entry at `at`, and where the next one is. Undefined where there is none. */
export function parseZipEntry(directory: Buffer, at: number): { readonly entry: ZipEntry; readonly next: number } | undefined {
  if (at + ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== ENTRY) return undefined;
  const nameEnd = at + ENTRY_BYTES + directory.readUInt16LE(at + 28);
  const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
  const narrow = [directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 42)];
  const [bytes = 0, compressedBytes = 0, headerOffset = 0] = widenZip64(narrow, directory.subarray(nameEnd, extraEnd));
  const entry: ZipEntry = {
    name: directory.toString('utf8', at + ENTRY_BYTES, nameEnd),
    method: directory.readUInt16LE(at + 10),
    encrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
    crc: directory.readUInt32LE(at + 16),
    compressedBytes,
    bytes,
    headerOffset,
  };
  return { entry, next: extraEnd + directory.readUInt16LE(at + 32) };
}

/** A local header (4.3.7): lengths of what stands between it and the data, and the sizes if they stand there. */
export interface ZipLocalHeader {
  readonly nameBytes: number;
  readonly extraBytes: number;
  readonly compressedBytes: number;
  readonly bytes: number;
}

/** Undefined where `record` is no local header. */
export function parseZipLocalHeader(record: Buffer): ZipLocalHeader | undefined {
  if (record.length < LOCAL_HEADER_BYTES || record.readUInt32LE(0) !== LOCAL) return undefined;
  return { nameBytes: record.readUInt16LE(26), extraBytes: record.readUInt16LE(28), compressedBytes: record.readUInt32LE(18), bytes: record.readUInt32LE(22) };
}

/** Numbers of 0xffffffff stand in the zip64 extra field instead, in their order, each only where it is needed (4.5.3). */
export function widenZip64(numbers: readonly number[], extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    let used = 0;
    return numbers.map((number) => {
      if (number !== WIDE || used + 8 > field.length) return number;
      used += 8;
      return Number(field.readBigUInt64LE(used - 8));
    });
  }
  return [...numbers];
}

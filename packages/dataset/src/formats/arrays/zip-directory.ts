import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';

/** A member of a zip archive, as its central directory tells it (PKWARE APPNOTE 6.3, section 4.3.12). */
export interface ZipMember {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly headerOffset: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END = 0x06064b50;
const MEMBER = 0x02014b50;
const MEMBER_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const MAX_COMMENT = 0xffff;
const WIDE = 0xffffffff;
/** A directory of genuine arrays is a few kilobytes; this is room for 65,535 of them with long names. */
const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024;

/**
 * The members of a zip in storage, from its end alone.
 * @throws DataError when it is cut short (naming the array that is), damaged, or no zip
 */
export async function readZipDirectory(file: ShardFile): Promise<ZipMember[]> {
  const tailBytes = Math.min(file.bytes, END_BYTES + MAX_COMMENT + ZIP64_LOCATOR_BYTES);
  const tail = await file.read(file.bytes - tailBytes, file.bytes);
  const end = findEnd(tail);
  if (end === undefined) throw await whatIsMissing(file);
  const { count, offset, bytes } = await directoryOf(file, tail, end);
  if (bytes > MAX_DIRECTORY_BYTES || offset + bytes > file.bytes)
    throw new DataError(file.name, `the npz file is damaged: expected its directory in bytes ${offset} to ${offset + bytes}, the file has ${file.bytes}`);
  const tailStart = file.bytes - tailBytes;
  const directory = offset >= tailStart ? tail.subarray(offset - tailStart, offset - tailStart + bytes) : await file.read(offset, offset + bytes);
  return membersOf(file.name, directory, count);
}

/** Where the elements of a member begin: behind its local header, whose length differs from the directory's. */
export async function memberStart(file: ShardFile, member: ZipMember, place: string): Promise<number> {
  const { headerOffset: at } = member;
  const header = await file.read(at, Math.min(file.bytes, at + LOCAL_BYTES));
  if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL) throw new DataError(place, `the npz file is damaged: expected the array's header at byte ${at}, found something else`);
  return at + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}

/** The end record is the last thing in the file, but for a comment. */
function findEnd(tail: Buffer): number | undefined {
  for (let at = tail.length - END_BYTES; at >= 0; at--)
    if (tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length) return at;
  return undefined;
}

interface DirectoryPlace {
  readonly count: number;
  readonly offset: number;
  readonly bytes: number;
}

async function directoryOf(file: ShardFile, tail: Buffer, end: number): Promise<DirectoryPlace> {
  const locator = end - ZIP64_LOCATOR_BYTES;
  if (locator < 0 || tail.readUInt32LE(locator) !== ZIP64_LOCATOR)
    return { count: tail.readUInt16LE(end + 10), bytes: tail.readUInt32LE(end + 12), offset: tail.readUInt32LE(end + 16) };
  const at = Number(tail.readBigUInt64LE(locator + 8));
  const wide = at + 56 <= file.bytes ? await file.read(at, at + 56) : Buffer.alloc(0);
  if (wide.length < 56 || wide.readUInt32LE(0) !== ZIP64_END) throw new DataError(file.name, `the npz file is damaged: expected its zip64 directory at byte ${at}, found something else`);
  return { count: Number(wide.readBigUInt64LE(32)), bytes: Number(wide.readBigUInt64LE(40)), offset: Number(wide.readBigUInt64LE(48)) };
}

function membersOf(name: string, directory: Buffer, count: number): ZipMember[] {
  const members: ZipMember[] = [];
  let at = 0;
  while (members.length < count) {
    if (at + MEMBER_BYTES > directory.length || directory.readUInt32LE(at) !== MEMBER)
      throw new DataError(name, `the npz file is damaged: its directory announces ${count} arrays and ends after ${members.length}`);
    const nameEnd = at + MEMBER_BYTES + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const member = {
      name: directory.toString('utf8', at + MEMBER_BYTES, nameEnd),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      compressedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      headerOffset: directory.readUInt32LE(at + 42),
    };
    if ((directory.readUInt16LE(at + 8) & 1) === 1) throw new DataError(`${name}, array ${JSON.stringify(member.name)}`, 'expected an array without a password, received an encrypted one');
    const [bytes = 0, compressedBytes = 0, headerOffset = 0] = widened([member.bytes, member.compressedBytes, member.headerOffset], directory.subarray(nameEnd, extraEnd));
    members.push({ ...member, bytes, compressedBytes, headerOffset });
    at = extraEnd + directory.readUInt16LE(at + 32);
  }
  return members;
}

/** Numbers of 0xffffffff stand in the zip64 field instead, in their order, each only where it is needed (4.5.3). */
function widened(numbers: readonly number[], extra: Buffer): number[] {
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

/** A zip without its end: walks the local headers from the front to the array that the file breaks off in. */
async function whatIsMissing(file: ShardFile): Promise<DataError> {
  let at = 0;
  for (let arrays = 0; at < file.bytes; arrays++) {
    const header = await file.read(at, Math.min(file.bytes, at + LOCAL_BYTES));
    if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL) {
      if (arrays === 0) return new DataError(file.name, 'expected an npz (a zip archive of .npy files), received something else');
      break;
    }
    const nameBytes = header.readUInt16LE(26);
    const rest = await file.read(at + LOCAL_BYTES, Math.min(file.bytes, at + LOCAL_BYTES + nameBytes + header.readUInt16LE(28)));
    const name = rest.toString('utf8', 0, nameBytes).replace(/\.npy$/, '');
    const [, compressedBytes = 0] = widened([header.readUInt32LE(22), header.readUInt32LE(18)], rest.subarray(nameBytes));
    const start = at + LOCAL_BYTES + nameBytes + header.readUInt16LE(28);
    if (start + compressedBytes > file.bytes)
      return new DataError(`${file.name}, array ${JSON.stringify(name)}`, `the file is cut short: expected ${compressedBytes} bytes of the array, received ${Math.max(0, file.bytes - start)}; upload it again`);
    if (compressedBytes === 0) break; // a streamed zip has the sizes behind the data only
    at = start + compressedBytes;
  }
  return new DataError(file.name, `the file is cut short after ${file.bytes} bytes: the directory at its end is missing; upload it again`);
}

import { findZipEnd, findZipFault, LOCAL_HEADER_BYTES, parseZip64End, parseZipEntry, parseZipLocalHeader, widenZip64, ZIP64_END_BYTES, ZIP_TAIL_BYTES, type ZipDirectoryPlace, type ZipEntry } from '@trainyard/ndarray';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';

/** A directory of genuine arrays is a few kilobytes; this is room for 65,535 of them with long names. */
const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024;

/**
 * The members of a zip in storage, from its end alone.
 * @throws DataError when it is cut short (naming the array that is), damaged, or no zip
 */
export async function readRemoteDirectory(file: ShardFile): Promise<ZipEntry[]> {
  const tailBytes = Math.min(file.bytes, ZIP_TAIL_BYTES);
  const tailStart = file.bytes - tailBytes;
  const tail = await file.read(tailStart, file.bytes);
  const { count, offset, bytes } = await findDirectory(file, tail);
  if (bytes > MAX_DIRECTORY_BYTES || offset + bytes > file.bytes)
    throw new DataError(file.name, `the npz file is damaged: expected its directory in bytes ${offset} to ${offset + bytes}, the file has ${file.bytes}`);
  const directory = offset >= tailStart ? tail.subarray(offset - tailStart, offset - tailStart + bytes) : await file.read(offset, offset + bytes);
  return entriesOf(file.name, directory, count);
}

/** A member's data: where they begin, and what was read of them on the way. */
export interface MemberHead {
  readonly start: number;
  readonly head: Buffer;
}

/** What zip writers put between the name and the data is a few bytes; genuine headers of .npy have 128. */
const HEAD_BYTES = 1024;

/** Finds a member's data behind its local header, whose length differs from the directory's. */
export async function memberHead(file: ShardFile, entry: ZipEntry, place: string): Promise<MemberHead> {
  const { headerOffset: at } = entry;
  const record = await file.read(at, Math.min(file.bytes, at + LOCAL_HEADER_BYTES + Buffer.byteLength(entry.name) + HEAD_BYTES));
  const header = parseZipLocalHeader(record.subarray(0, LOCAL_HEADER_BYTES));
  if (!header) throw new DataError(place, `the npz file is damaged: expected the array's header at byte ${at}, found something else`);
  // A member is named twice; other readers go by the name before its data.
  const name = record.toString('utf8', LOCAL_HEADER_BYTES, LOCAL_HEADER_BYTES + header.nameBytes);
  if (name !== entry.name) throw new DataError(place, `the npz file is damaged: expected the array's own name before its data, received ${JSON.stringify(name)}`);
  const offset = LOCAL_HEADER_BYTES + header.nameBytes + header.extraBytes;
  return { start: at + offset, head: record.subarray(offset, offset + entry.compressedBytes) };
}

function readHeader(file: ShardFile, at: number): Promise<Buffer> {
  return file.read(at, Math.min(file.bytes, at + LOCAL_HEADER_BYTES));
}

async function findDirectory(file: ShardFile, tail: Buffer): Promise<ZipDirectoryPlace> {
  const end = findZipEnd(tail);
  if (end === undefined) throw await whatIsMissing(file);
  if ('offset' in end) return end;
  const at = end.zip64At;
  const wide = at + ZIP64_END_BYTES <= file.bytes ? parseZip64End(await file.read(at, at + ZIP64_END_BYTES)) : undefined;
  if (!wide) throw new DataError(file.name, `the npz file is damaged: expected its zip64 directory at byte ${at}, found something else`);
  return wide;
}

function entriesOf(name: string, directory: Buffer, count: number): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (entries.length < count) {
    const parsed = parseZipEntry(directory, at);
    if (!parsed) throw new DataError(name, `the npz file is damaged: its directory announces ${count} arrays and ends after ${entries.length}`);
    if (parsed.entry.encrypted) throw new DataError(`${name}, array ${JSON.stringify(parsed.entry.name)}`, 'expected an array without a password, received an encrypted one');
    entries.push(parsed.entry);
    at = parsed.next;
  }
  const fault = findZipFault(entries);
  if (fault) throw new DataError(`${name}, array ${JSON.stringify(fault.name)}`, fault.problem);
  return entries;
}

/** A zip without its end: walks the local headers from the front to the array that the file breaks off in. */
async function whatIsMissing(file: ShardFile): Promise<DataError> {
  let at = 0;
  for (let arrays = 0; at < file.bytes; arrays++) {
    const header = parseZipLocalHeader(await readHeader(file, at));
    if (!header) {
      if (arrays === 0) return new DataError(file.name, 'expected an npz (a zip archive of .npy files), received something else');
      break;
    }
    const { nameBytes, extraBytes } = header;
    const start = at + LOCAL_HEADER_BYTES + nameBytes + extraBytes;
    const rest = await file.read(at + LOCAL_HEADER_BYTES, Math.min(file.bytes, start));
    const name = rest.toString('utf8', 0, nameBytes).replace(/\.npy$/, '');
    const [, compressedBytes = 0] = widenZip64([header.bytes, header.compressedBytes], rest.subarray(nameBytes));
    if (start + compressedBytes > file.bytes)
      return new DataError(`${file.name}, array ${JSON.stringify(name)}`, `the file is cut short: expected ${compressedBytes} bytes of the array, received ${Math.max(0, file.bytes - start)}; upload it again`);
    if (compressedBytes === 0) break; // a streamed zip has the sizes behind the data only
    at = start + compressedBytes;
  }
  return new DataError(file.name, `the file is cut short after ${file.bytes} bytes: the directory at its end is missing; upload it again`);
}

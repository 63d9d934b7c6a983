import { commonFields, endRecord, MAX_MEMBERS, MAX_ZIP, record } from './write-zip.js';

/** A member of an archive of which all but its content is known beforehand. */
export interface StreamedMember {
  readonly name: string;
  readonly bytes: number;
  /** CRC-32 of the content. */
  readonly crc: number;
  /** Exactly `bytes` bytes. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** A version of the format that knows zip64. */
const ZIP64_VERSION = 45;

/**
 * A zip archive, stored without compression, of any size: members, or places in it, beyond 4 GiB are told in zip64's fields (PKWARE
 * APPNOTE 4.5.3), others as `writeZip` does.
 *
 * @throws RangeError beyond 65,535 members, or for a member that has other than `bytes` bytes
 */
export async function* streamZip(members: readonly StreamedMember[]): AsyncGenerator<Uint8Array, void> {
  if (members.length > MAX_MEMBERS) throw new RangeError(`a zip archive holds at most ${MAX_MEMBERS} members, received ${members.length}`);
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const local = localHeader(member);
    yield local;
    yield* counted(member);
    directory.push(directoryEntry(member, offset));
    offset += local.length + member.bytes;
  }
  yield* directory;
  const bytes = directory.reduce((sum, entry) => sum + entry.length, 0);
  if (Math.max(offset, bytes) >= MAX_ZIP) yield zip64End(directory.length, bytes, offset);
  yield endRecord(directory.length, Math.min(bytes, MAX_ZIP), Math.min(offset, MAX_ZIP));
}

async function* counted({ name, bytes, open }: StreamedMember): AsyncGenerator<Uint8Array, void> {
  let seen = 0;
  for await (const chunk of open()) {
    seen += chunk.length;
    yield chunk;
  }
  if (seen !== bytes) throw new RangeError(`${name}: expected ${bytes} bytes, received ${seen}`);
}

function localHeader({ name, bytes, crc }: StreamedMember): Buffer {
  const nameBytes = Buffer.from(name, 'utf8');
  const wide = bytes >= MAX_ZIP;
  const extra = wide ? zip64Extra([bytes, bytes]) : Buffer.alloc(0);
  const fields = fieldsOf(bytes, crc, nameBytes.length, extra.length, wide);
  return Buffer.concat([record(0x04034b50), fields, nameBytes, extra]);
}

function directoryEntry({ name, bytes, crc }: StreamedMember, offset: number): Buffer {
  const nameBytes = Buffer.from(name, 'utf8');
    const extra = zip64Extra([...(bytes >= MAX_ZIP ? [bytes, bytes] : []), ...(offset >= MAX_ZIP ? [offset] : [])]);
  const fields = fieldsOf(bytes, crc, nameBytes.length, extra.length, extra.length > 0);
  const entry = Buffer.alloc(46);
  record(0x02014b50).copy(entry, 0);
  entry.writeUInt16LE(fields.readUInt16LE(0), 4); // written by the version that reading needs
  fields.copy(entry, 6);
  entry.writeUInt32LE(Math.min(offset, MAX_ZIP), 42);
  return Buffer.concat([entry, nameBytes, extra]);
}

function fieldsOf(bytes: number, crc: number, nameBytes: number, extraBytes: number, zip64: boolean): Buffer {
  const size = Math.min(bytes, MAX_ZIP);
  const fields = commonFields(false, crc, size, size, nameBytes);
  if (zip64) fields.writeUInt16LE(ZIP64_VERSION, 0);
  fields.writeUInt16LE(extraBytes, 24);
  return fields;
}

/** The numbers that stand there instead of in the fields, in the order of the fields; empty where there are none. */
function zip64Extra(numbers: readonly number[]): Buffer {
  if (numbers.length === 0) return Buffer.alloc(0);
  const extra = Buffer.alloc(4 + 8 * numbers.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * numbers.length, 2);
  numbers.forEach((number, i) => extra.writeBigUInt64LE(BigInt(number), 4 + 8 * i));
  return extra;
}

/** The end of a directory beyond 4 GiB (4.3.14), and the locator that leads to it (4.3.15). */
function zip64End(count: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(56 + 20);
  record(0x06064b50).copy(end, 0);
  end.writeBigUInt64LE(44n, 4); // what follows of the record
  end.writeUInt16LE(ZIP64_VERSION, 12);
  end.writeUInt16LE(ZIP64_VERSION, 14);
  for (const at of [24, 32]) end.writeBigUInt64LE(BigInt(count), at);
  end.writeBigUInt64LE(BigInt(bytes), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  record(0x07064b50).copy(end, 56);
  end.writeBigUInt64LE(BigInt(offset + bytes), 64);
  end.writeUInt32LE(1, 72); // disks
  return end;
}

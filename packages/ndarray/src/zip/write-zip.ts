import { crc32, deflateRawSync } from 'node:zlib';

/** The largest size and offset, and the most members, of a zip without zip64. */
export const MAX_ZIP = 0xffffffff;
export const MAX_MEMBERS = 0xffff;

/**
 * A zip archive of the given members.
 * @param compress deflate each member; otherwise it is stored as it is.
 * @throws RangeError beyond 4 GiB or 65,535 members.
 */
export function writeZip(members: Iterable<readonly [name: string, data: Uint8Array]>, compress: boolean): Buffer {
  const parts: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, data] of members) {
    const nameBytes = Buffer.from(name, 'utf8');
    const body = compress ? deflateRawSync(data) : data;
    const fields = commonFields(compress, crc32(data), body.length, data.length, nameBytes.length);
    const local = Buffer.concat([record(0x04034b50), fields, nameBytes]);
    const entry = Buffer.alloc(46);
    record(0x02014b50).copy(entry, 0);
    entry.writeUInt16LE(20, 4); // written by version 2.0
    fields.copy(entry, 6);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, nameBytes);
    parts.push(local, body);
    offset += local.length + body.length;
    if (offset > MAX_ZIP) throw new RangeError(`a zip archive holds at most ${MAX_ZIP} bytes, received more`);
  }
  if (directory.length / 2 > MAX_MEMBERS) throw new RangeError(`a zip archive holds at most ${MAX_MEMBERS} members, received ${directory.length / 2}`);
  const directoryBytes = directory.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([...parts, ...directory, endRecord(directory.length / 2, directoryBytes, offset)]);
}

/** The 26 bytes that the local header and the directory's entry have in common: version, flags, method, time, CRC, sizes, lengths. */
export function commonFields(compress: boolean, crc: number, packed: number, bytes: number, nameBytes: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0); // needs version 2.0
  fields.writeUInt16LE(0x0800, 2); // names are UTF-8
  fields.writeUInt16LE(compress ? 8 : 0, 4);
  fields.writeUInt16LE(0x21, 8); // 1980-01-01, as numpy writes: the same arrays give the same bytes
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(packed, 14);
  fields.writeUInt32LE(bytes, 18);
  fields.writeUInt16LE(nameBytes, 22);
  return fields;
}

/** The record at an archive's very end (4.3.16). @param offset where the directory begins */
export function endRecord(count: number, directoryBytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  record(0x06054b50).copy(end, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

/** The four bytes that a record begins with. */
export function record(signature: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature);
  return bytes;
}

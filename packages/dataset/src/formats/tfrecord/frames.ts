import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { contentOf, type Compression, type ContentOptions } from '../bytes/content.js';
import { maskedCrc32c } from './crc32c.js';

/** Before a record: its length in 8 bytes, and their checksum in 4. Behind it: its checksum in 4. All little-endian. */
const lengthBytes = 8;
const crcBytes = 4;
const headerBytes = lengthBytes + crcBytes;
/** A record that is longer is none: protobuf itself has no messages over 2 GiB, and a row is held several times. */
const maxRecordBytes = 256 * 1024 * 1024;

/** The records of a TFRecord file, some of them at a time, as views of what was read. Every checksum is checked. */
export async function* recordsOf(file: ShardFile, options: ContentOptions): AsyncGenerator<Buffer[], void> {
  const frames = new Frames(file, options.compression);
  for await (const piece of contentOf(file, options)) {
    const records = frames.take(piece);
    if (records.length > 0) yield records;
  }
  frames.end();
}

/** Cuts bytes that come in pieces into records. */
class Frames {
  private pieces: Buffer[] = [];
  private held = 0;
  /** Held bytes below which no record ends. */
  private needed = headerBytes;
  private taken = 0;
  private records = 0;

  constructor(
    private readonly file: ShardFile,
    private readonly compression: Compression,
  ) {}

  take(piece: Buffer): Buffer[] {
    this.pieces.push(piece);
    this.held += piece.length;
    if (this.held < this.needed) return [];
    const bytes = this.pieces.length === 1 ? piece : Buffer.concat(this.pieces);
    const records: Buffer[] = [];
    let at = 0;
    for (;;) {
      const left = bytes.length - at;
      this.needed = left < headerBytes ? headerBytes : headerBytes + this.lengthAt(bytes, at) + crcBytes;
      if (left < this.needed) break;
      records.push(this.recordAt(bytes, at));
      at += this.needed;
      this.taken += this.needed;
      this.records++;
    }
    this.pieces = at === bytes.length ? [] : [bytes.subarray(at)];
    this.held = bytes.length - at;
    return records;
  }

  end(): void {
    if (this.held > 0) throw this.wrong(`the file is cut short: expected ${this.needed} bytes of the record, received ${this.held}; upload it again`);
  }

  private lengthAt(bytes: Buffer, at: number): number {
    const header = bytes.subarray(at, at + lengthBytes);
    if (maskedCrc32c(header) !== bytes.readUInt32LE(at + lengthBytes))
      throw this.wrong(this.records === 0 ? 'expected a TFRecord file, received something else, or one whose first bytes are damaged' : 'the checksum of its length does not match: the file is damaged; upload it again');
    const length = header.readUInt32LE(0) + header.readUInt32LE(4) * 2 ** 32;
    if (length > maxRecordBytes) throw this.wrong(`expected a record of at most ${maxRecordBytes} bytes, received one of ${length}`);
    const left = this.file.bytes - this.taken - headerBytes - crcBytes;
    if (this.compression === 'none' && length > left) throw this.wrong(`the file is cut short: expected ${length} bytes of the record, received ${Math.max(0, left)}; upload it again`);
    return length;
  }

  private recordAt(bytes: Buffer, at: number): Buffer {
    const end = at + this.needed - crcBytes;
    const record = bytes.subarray(at + headerBytes, end);
    if (maskedCrc32c(record) !== bytes.readUInt32LE(end)) throw this.wrong('the checksum of its data does not match: the file is damaged; upload it again');
    return record;
  }

  private wrong(problem: string): DataError {
    return new DataError(`${this.file.name}, record ${this.records + 1}`, problem);
  }
}

/** As TensorFlow's readers are told, here told by the first bytes. @throws DataError for an empty file */
export async function detectCompression(file: ShardFile): Promise<Compression> {
  if (file.bytes === 0) throw new DataError(file.name, 'expected at least one record, received an empty file');
  const head = await file.read(0, Math.min(file.bytes, headerBytes));
  if (head.length === headerBytes && maskedCrc32c(head.subarray(0, lengthBytes)) === head.readUInt32LE(lengthBytes)) return 'none';
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const [first = 0, second = 0] = head;
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0 ? 'zlib' : 'none'; // RFC 1950, section 2.2
}

import { crc32 } from 'node:zlib';
import { decodeNpy, readElements, sizeOf, type NdArray, type NpyHeader } from '@trainyard/ndarray';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { asDataError, type ArrayRows, type RemoteArray } from './remote-array.js';

/** Where a .npy lies in a file, and the checksum of all of it where the archive has one. */
export interface StoredRange {
  readonly start: number;
  readonly end: number;
  readonly crc?: number;
}

/** An array whose elements lie in the file as they are: rows are read by their byte ranges. */
export class StoredArray implements RemoteArray {
  constructor(
    readonly place: string,
    readonly header: NpyHeader,
    private readonly file: ShardFile,
    private readonly range: StoredRange,
  ) {
    const there = range.end - range.start - header.dataOffset;
    if (there < header.dataBytes) throw new DataError(place, `the file is cut short: expected ${header.dataBytes} bytes of data, received ${Math.max(0, there)}`);
    if (there > header.dataBytes) throw new DataError(place, `expected ${header.dataBytes} bytes of data, as its shape says, received ${there - header.dataBytes} more; save each array on its own`);
  }

  /** In Fortran's order a row's elements lie all over the file. */
  get seekable(): boolean {
    return !this.header.fortranOrder || this.header.shape.length < 2;
  }

  rows(signal?: AbortSignal): ArrayRows {
    if (!this.seekable) return this.wholeRows(signal);
    const { layout, shape, dataOffset } = this.header;
    const rowShape = shape.slice(1);
    const rowSize = sizeOf(rowShape);
    const start = this.range.start + dataOffset;
    const check = new ChecksumOf(this.range);
    return {
      read: async (first, rows) => {
        const from = start + first * rowSize * layout.bytes;
        if (first === 0) check.begin(await this.file.read(this.range.start, start, signal));
        const bytes = await this.file.read(from, from + rows * rowSize * layout.bytes, signal);
        if (!check.take(from, bytes)) throw this.damaged();
        return { dtype: layout.dtype, shape: [rows, ...rowShape], data: asDataError(() => readElements(layout, bytes, rows * rowSize)) };
      },
      close: async () => undefined,
    };
  }

  private wholeRows(signal?: AbortSignal): ArrayRows {
    let whole: Promise<NdArray> | undefined;
    const load = async () => {
      const { start, end, crc } = this.range;
      const bytes = await this.file.read(start, end, signal);
      if (crc !== undefined && crc32(bytes) !== crc) throw this.damaged();
      return asDataError(() => decodeNpy(bytes, this.place));
    };
    return {
      read: async (first, rows) => {
        const { dtype, shape, data } = await (whole ??= load());
        const rowShape = shape.slice(1);
        const rowSize = sizeOf(rowShape);
        return { dtype, shape: [rows, ...rowShape], data: data.slice(first * rowSize, (first + rows) * rowSize) };
      },
      close: async () => undefined,
    };
  }

  private damaged(): DataError {
    return new DataError(this.place, 'its checksum does not match its data: the npz file is damaged');
  }
}

/** The checksum of a range that is read from its beginning to its end; of one that is read in pieces here and there it says nothing. */
class ChecksumOf {
  private crc = 0;
  private at = -1;

  constructor(private readonly range: StoredRange) {}

  begin(header: Buffer): void {
    this.crc = crc32(header);
    this.at = this.range.start + header.length;
  }

  /** @returns false where all has been read, and is not what the archive says */
  take(from: number, bytes: Buffer): boolean {
    if (from !== this.at || this.range.crc === undefined) return true;
    this.crc = crc32(bytes, this.crc);
    this.at += bytes.length;
    return this.at !== this.range.end || this.crc === this.range.crc;
  }
}

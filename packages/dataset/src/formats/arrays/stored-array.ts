import { crc32 } from 'node:zlib';
import { decodeNpy, sizeOf, type NdArray, type NpyHeader } from '@trainyard/ndarray';
import type { ColumnType } from '../../columns/column-type.js';
import { numbers } from '../../columns/column-values.js';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { npyRowBytes, npyType, npyValues } from './npy-values.js';
import { PiecewiseChecksum, type StoredRange } from './piecewise-checksum.js';
import { asDataError, type ArrayRows, type RemoteArray } from './remote-array.js';

/**
 * An array of no more bytes in a file that is many times as large, such as the labels beside some hundred images, is read as a
 * whole and kept: a GET for each piece of it took as long as a third of its images.
 */
const keptBytes = 16 * 1024;
const keptShare = 1 / 64;

/** An array whose elements lie in the file as they are: rows are read by their byte ranges. */
export class StoredArray implements RemoteArray {
  private readonly checksum: PiecewiseChecksum;

  private kept: Buffer | undefined;

  readonly chunkRows = 1;

  constructor(
    readonly place: string,
    readonly header: NpyHeader,
    /** What lies in front of the elements. */
    head: Buffer,
    private readonly file: ShardFile,
    private readonly range: StoredRange,
  ) {
    this.checksum = new PiecewiseChecksum(range);
    this.checksum.take(range.start, head.subarray(0, header.dataOffset));
    const there = range.end - range.start - header.dataOffset;
    if (there < header.dataBytes) throw new DataError(place, `the file is cut short: expected ${header.dataBytes} bytes of data, received ${Math.max(0, there)}`);
    if (there > header.dataBytes) throw new DataError(place, `expected ${header.dataBytes} bytes of data, as its shape says, received ${there - header.dataBytes} more; save each array on its own`);
  }

  get shape(): readonly number[] {
    return this.header.shape;
  }

  get type(): ColumnType {
    return npyType(this.header);
  }

  get rowBytes(): number {
    return npyRowBytes(this.header);
  }

  /** In Fortran's order a row's elements lie all over the file. */
  get seekable(): boolean {
    return !this.header.fortranOrder || this.header.shape.length < 2;
  }

  rows(signal?: AbortSignal): ArrayRows {
    if (!this.seekable) return this.wholeRows(signal);
    const { layout, shape, dataOffset } = this.header;
    const rowSize = sizeOf(shape.slice(1));
    const start = this.range.start + dataOffset;
    return {
      read: async (first, rows) => {
        const from = start + first * rowSize * layout.bytes;
        const bytes = await this.elements(from, from + rows * rowSize * layout.bytes, signal);
        return asDataError(() => npyValues(this.place, this.header, bytes, rows));
      },
      close: async () => undefined,
    };
  }

  /** Bytes `[from, to)` of the file. @throws DataError where they are not what was written */
  private async elements(from: number, to: number, signal?: AbortSignal): Promise<Buffer> {
    const { dataBytes, dataOffset } = this.header;
    const start = this.range.start + dataOffset;
    if (dataBytes > Math.min(keptBytes, keptShare * this.file.bytes)) return this.checked(from, await this.file.read(from, to, signal));
    const all = (this.kept ??= this.checked(start, await this.file.read(start, start + dataBytes, signal)));
    return Buffer.from(all.subarray(from - start, to - start)); // of its own: it may be handed over to another thread
  }

  private checked(at: number, bytes: Buffer): Buffer {
    if (!this.checksum.take(at, bytes)) throw this.damaged();
    return bytes;
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
        return numbers({ dtype, shape: [rows, ...rowShape], data: data.slice(first * rowSize, (first + rows) * rowSize) });
      },
      close: async () => undefined,
    };
  }

  private damaged(): DataError {
    return new DataError(this.place, 'its checksum does not match its data: the npz file is damaged');
  }
}

import { decodeNpy, readElements, sizeOf, type NdArray, type NpyHeader } from '@trainyard/ndarray';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { asDataError, type ArrayRows, type RemoteArray } from './remote-array.js';

/** An array whose elements lie in the file as they are: rows are read by their byte ranges. */
export class StoredArray implements RemoteArray {
  constructor(
    readonly place: string,
    readonly header: NpyHeader,
    private readonly file: ShardFile,
    /** Where the .npy begins in the file. */
    private readonly npyStart: number,
  ) {
    const start = npyStart + header.dataOffset;
    const there = file.bytes - start;
    if (there < header.dataBytes) throw new DataError(place, `the file is cut short: expected ${header.dataBytes} bytes of data, received ${Math.max(0, there)}`);
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
    const start = this.npyStart + dataOffset;
    return {
      read: async (first, rows) => {
        const from = start + first * rowSize * layout.bytes;
        const bytes = await this.file.read(from, from + rows * rowSize * layout.bytes, signal);
        return { dtype: layout.dtype, shape: [rows, ...rowShape], data: asDataError(() => readElements(layout, bytes, rows * rowSize)) };
      },
      close: async () => undefined,
    };
  }

  private wholeRows(signal?: AbortSignal): ArrayRows {
    let whole: Promise<NdArray> | undefined;
    const load = async () => {
      const bytes = await this.file.read(this.npyStart, this.npyStart + this.header.dataOffset + this.header.dataBytes, signal);
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
}

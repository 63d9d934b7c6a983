import { createInflateRaw, crc32, type InflateRaw } from 'node:zlib';
import { Readable } from 'node:stream';
import { decodeNpy, sizeOf, type NpyHeader } from '@trainyard/ndarray';
import type { ColumnType } from '../../columns/column-type.js';
import { numbers } from '../../columns/column-values.js';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { npyRowBytes, npyType, npyValues } from './npy-values.js';
import { asDataError, type ArrayRows, type RemoteArray } from './remote-array.js';

/** Where a member's compressed bytes lie, and what they become. */
export interface DeflatedRange {
  readonly start: number;
  readonly end: number;
  /** After decompression. */
  readonly bytes: number;
  readonly crc: number;
}

/** An array that is inflated as it is read, from its beginning, so that no more than a block of it is in memory. */
export class InflatedArray implements RemoteArray {
  readonly seekable = false;
  readonly chunkRows = 1;

  constructor(
    readonly place: string,
    readonly header: NpyHeader,
    private readonly file: ShardFile,
    private readonly range: DeflatedRange,
  ) {
    const announced = range.bytes - header.dataOffset;
    if (announced < header.dataBytes) throw new DataError(place, `expected ${header.dataBytes} bytes of data, the npz has ${announced}`);
    if (announced > header.dataBytes) throw new DataError(place, `expected ${header.dataBytes} bytes of data, the npz has ${announced - header.dataBytes} more; save each array on its own`);
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

  rows(signal?: AbortSignal): ArrayRows {
    const bytes = new InflatedBytes(this.place, this.file, this.range, signal);
    const { layout, shape, dataOffset, dataBytes, fortranOrder } = this.header;
    const rowSize = sizeOf(shape.slice(1));
    if (fortranOrder && shape.length > 1) return this.wholeRows(bytes);
    return {
      read: async (first, rows) => {
        await bytes.skipTo(dataOffset + first * rowSize * layout.bytes);
        const data = await bytes.take(rows * rowSize * layout.bytes);
        if (bytes.position === dataOffset + dataBytes) await bytes.finish();
        return asDataError(() => npyValues(this.place, this.header, data, rows));
      },
      close: () => bytes.close(),
    };
  }

  private wholeRows(bytes: InflatedBytes): ArrayRows {
    const whole = bytes.take(this.range.bytes).then(async (npy) => {
      await bytes.finish();
      return asDataError(() => decodeNpy(npy, this.place));
    });
    whole.catch(() => undefined); // reported by the read that awaits it
    return {
      read: async (first, rows) => {
        const { dtype, shape, data } = await whole;
        const rowShape = shape.slice(1);
        const rowSize = sizeOf(rowShape);
        return numbers({ dtype, shape: [rows, ...rowShape], data: data.slice(first * rowSize, (first + rows) * rowSize) });
      },
      close: () => bytes.close(),
    };
  }
}

/** The decompressed bytes of a member, from front to back. */
export class InflatedBytes {
  position = 0;
  private readonly inflate: InflateRaw;
  private readonly source: Readable;
  private readonly chunks: AsyncIterator<Buffer, undefined>;
  private rest: Buffer = Buffer.alloc(0);
  private crc = 0;

  constructor(
    private readonly place: string,
    file: ShardFile,
    private readonly range: DeflatedRange,
    signal?: AbortSignal,
  ) {
    this.inflate = createInflateRaw({ chunkSize: 256 * 1024 });
    this.source = Readable.from(file.pieces(range.start, range.end, signal), { objectMode: false, highWaterMark: 1 });
    this.source.once('error', (error) => this.inflate.destroy(error));
    this.source.pipe(this.inflate);
    this.chunks = this.inflate[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  }

  /** The next `count` bytes, in a buffer of their own. @throws DataError when there are fewer */
  async take(count: number): Promise<Buffer> {
    const out = Buffer.allocUnsafeSlow(count);
    for (let at = 0; at < count; ) {
      const chunk = await this.next(count - at);
      at += chunk.copy(out, at);
    }
    return out;
  }

  async skipTo(position: number): Promise<void> {
    while (this.position < position) await this.next(position - this.position);
  }

  /** Checks what only the end tells: that the data are those that were compressed. @throws DataError */
  async finish(): Promise<void> {
    await this.skipTo(this.range.bytes);
    if (this.crc !== this.range.crc) throw new DataError(this.place, 'its checksum does not match its data: the npz file is damaged');
  }

  async close(): Promise<void> {
    this.source.destroy();
    this.inflate.destroy();
  }

  private async next(most: number): Promise<Buffer> {
    if (this.rest.length === 0) this.rest = await this.pull();
    const chunk = this.rest.subarray(0, most);
    this.rest = this.rest.subarray(chunk.length);
    this.position += chunk.length;
    this.crc = crc32(chunk, this.crc);
    return chunk;
  }

  private async pull(): Promise<Buffer> {
    let result: IteratorResult<Buffer, undefined>;
    try {
      result = await this.chunks.next();
    } catch (error) {
      if (!String((error as { code?: unknown }).code).startsWith('Z_')) throw error;
      throw new DataError(this.place, `its compressed data cannot be read after ${this.position} bytes: ${(error as Error).message}; the npz file is damaged`, { cause: error });
    }
    if (result.done === true) throw new DataError(this.place, `expected ${this.range.bytes} bytes after decompression, received ${this.position}`);
    return result.value;
  }
}

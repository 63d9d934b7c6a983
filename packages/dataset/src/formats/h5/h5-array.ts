import type { ArrayFile, FileArray } from '@trainyard/keras-format';
import { sizeOf } from '@trainyard/ndarray';
import type { ColumnType } from '../../columns/column-type.js';
import { numbers, texts } from '../../columns/column-values.js';
import { DataError } from '../../data-error.js';
import type { ArrayRows, RemoteArray } from '../arrays/remote-array.js';

type Use = <T>(read: (opened: ArrayFile) => T, signal?: AbortSignal) => Promise<T>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** An array of an HDF5 file: rows are read by slices. */
export class H5Array implements RemoteArray {
  readonly seekable = true;
  readonly shape: readonly number[];
  readonly type: ColumnType;
  readonly rowBytes: number;
  readonly chunkRows: number;

  /** @throws DataError for an array of texts that has several in a row */
  constructor(
    readonly place: string,
    private readonly name: string,
    { shape, layout, rowBytes, chunkRows }: FileArray,
    private readonly use: Use,
  ) {
    const rowShape = shape.slice(1);
    if (!layout && sizeOf(rowShape) !== 1) throw new DataError(place, `expected one text in each row, received rows of shape [${rowShape.join(', ')}]; save each column of them on its own`);
    this.type = layout ? { kind: 'numbers', dtype: layout.dtype, shape: rowShape, parsed: false } : { kind: 'text' };
    this.shape = shape;
    this.rowBytes = rowBytes;
    this.chunkRows = chunkRows;
  }

  rows(signal?: AbortSignal): ArrayRows {
    const { name, place, type } = this;
    return {
      read: async (first, rows) => {
        if (type.kind === 'numbers') return numbers(await this.use((opened) => opened.rows(name, first, rows), signal));
        const encoded = await this.use((opened) => opened.texts(name, first, rows), signal);
        return texts(encoded.map((text, i) => decode(text, () => `${place}, row index ${first + i}`)));
      },
      close: async () => undefined,
    };
  }
}

function decode(text: Uint8Array, place: () => string): string {
  try {
    return utf8.decode(text);
  } catch (error) {
    throw new DataError(place(), 'expected UTF-8 text, received other bytes', { cause: error });
  }
}

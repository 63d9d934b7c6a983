import { sizeOf } from '@trainyard/ndarray';
import { ImageOptions, type Source } from '@trainyard/protocol';
import { DataError, listNames } from '../../data-error.js';
import type { ColumnType } from '../../columns/column-type.js';
import { numbers, texts, type ColumnValues } from '../../columns/column-values.js';
import { decodeImage, imageShape } from '../../images/decode-image.js';
import { blockBytes, type Block, type Column, type ColumnRequest, type Table } from '../table.js';
import { checkBinary, classNames, classNumbers } from './classes.js';
import { contentsOf } from './contents.js';
import type { ImageRow, ImageRows } from './image-rows.js';

/**
 * Images that are decoded at the same time, each by a thread of the library's: one after the other takes 1.5 ms each, of 256×256 and on two
 * cores, four at a time 0.65.
 */
const decodesAtOnce = 4;

/** Rows of a block that no image is decoded for. */
const blockRows = 65_536;

/** Images in files: `x`, their numbers' `y`, and as texts their `filename` and `class`. Files are read when their rows are. */
export class ImagesTable implements Table {
  readonly scattered = true;
  readonly columnNames: readonly string[];
  /** In the order of the numbers; `undefined` where there are none. */
  readonly classes: readonly string[] | undefined;
  private readonly options: ImageOptions;
  private numbersOfRows: Int32Array | undefined;

  constructor(
    readonly name: string,
    private readonly images: ImageRows,
    source: Source,
  ) {
    this.options = source.images ?? ImageOptions.parse({});
    const { class_mode: mode, classes } = this.options;
    this.classes = mode !== null && images.labelled ? classNames(images, classes) : undefined;
    this.columnNames = ['x', ...(this.classes ? ['y'] : []), 'filename', ...(this.classes ? ['class'] : [])];
  }

  inferX(): readonly string[] {
    return ['x'];
  }

  /** Also where there are no classes: asked for, `y` says what is wrong. */
  inferY(): readonly string[] {
    return ['y'];
  }

  async column({ name, text }: ColumnRequest): Promise<Column> {
    const type = this.typeOf(name);
    if (text && type.kind !== 'text') throw new DataError(`${this.name}, column ${JSON.stringify(name)}`, `expected words, received numbers${name === 'y' ? '; the names of the classes are the column "class"' : ''}`, { pointer: '/transforms' });
    return { name, rows: this.images.rows.length, type };
  }

  async seekable(): Promise<boolean> {
    return true;
  }

  async *read(requests: readonly ColumnRequest[], start: number, end: number, signal?: AbortSignal, order?: Uint32Array): AsyncGenerator<Block> {
    const names = requests.map(({ name }) => name);
    const stop = Math.min(end, this.images.rows.length);
    const decodes = names.includes('x');
    const most = decodes ? Math.max(1, Math.floor(blockBytes / sizeOf(imageShape(this.options)))) : blockRows;
    const rows = order?.subarray(start, stop) ?? Uint32Array.from({ length: stop - start }, (_, i) => start + i);
    const contents = contentsOf(decodes ? Array.from(rows, (row) => this.rowAt(row).file) : [], signal);
    try {
      for (let at = 0; at < rows.length; at += most) {
        signal?.throwIfAborted();
        const own = rows.subarray(at, at + most);
        const columns = new Map<string, ColumnValues>();
        for (const name of names) columns.set(name, name === 'x' ? await this.decoded(contents, own) : this.valuesOf(name, own));
        yield { firstRow: own[0] ?? 0, rows: own.length, ...(order && { rowNumbers: own }), columns };
      }
    } finally {
      await contents.return();
    }
  }

  place(row: number, column: string): string {
    return column === 'y' || column === 'class' ? this.images.labelPlace(row) : this.images.rowPlace(row);
  }

  rowName(row: number): string {
    return this.rowAt(row).file.name;
  }

  private typeOf(name: string): ColumnType {
    switch (name) {
      case 'x':
        return { kind: 'numbers', dtype: 'uint8', shape: imageShape(this.options), parsed: false };
      case 'filename':
        return { kind: 'text' };
      case 'class':
        this.classNumbers();
        return { kind: 'text' };
      case 'y': {
        const width = this.classNumbers().names.length;
        if (this.options.class_mode === 'categorical') return { kind: 'numbers', dtype: 'float32', shape: [width], parsed: false };
        return { kind: 'numbers', dtype: this.options.class_mode === 'binary' ? 'float32' : 'int32', shape: [], parsed: false };
      }
      default:
        throw new DataError(`${this.name}, column ${JSON.stringify(name)}`, `there is no such column; there are ${listNames(this.columnNames)}`);
    }
  }

  private valuesOf(name: string, rows: Uint32Array): ColumnValues {
    if (name === 'filename') return texts(Array.from(rows, (row) => this.rowAt(row).file.name));
    if (name === 'class') return texts(Array.from(rows, (row) => this.rowAt(row).label ?? ''));
    const { names, numbers: all } = this.classNumbers();
    const classes = Int32Array.from(rows, (row) => all[row] ?? 0);
    switch (this.options.class_mode) {
      case 'categorical': {
        const data = new Float32Array(rows.length * names.length);
        for (const [i, number] of classes.entries()) data[i * names.length + number] = 1;
        return numbers({ dtype: 'float32', shape: [rows.length, names.length], data });
      }
      case 'binary':
        return numbers({ dtype: 'float32', shape: [rows.length], data: Float32Array.from(classes) });
      default:
        return numbers({ dtype: 'int32', shape: [rows.length], data: classes });
    }
  }

  private async decoded(contents: AsyncGenerator<Buffer, void>, rows: Uint32Array): Promise<ColumnValues> {
    const shape = imageShape(this.options);
    const size = sizeOf(shape);
    const data = new Uint8Array(rows.length * size);
    const decoding: Promise<void>[] = [];
    for (const [i, row] of rows.entries()) {
      const next = await contents.next();
      if (next.done === true) throw new RangeError(`expected ${rows.length} files, received ${i}`);
      const decoded = decodeImage(next.value, this.options, data, i * size, () => this.place(row, 'x'));
      decoded.catch(() => undefined); // shows when its turn comes: of several that are damaged, the first row is named
      decoding.push(decoded);
      if (decoding.length === decodesAtOnce) await decoding.shift();
    }
    for (const decoded of decoding) await decoded;
    return numbers({ dtype: 'uint8', shape: [rows.length, ...shape], data });
  }

  /** @throws DataError where there are no classes, a row has none, or there are too many */
  private classNumbers(): { readonly names: readonly string[]; readonly numbers: Int32Array } {
    const { classes: names, options } = this;
    if (!names || options.class_mode === null) {
      const reason = options.class_mode === null ? '"class_mode" is null; leave it out' : 'the files lie in no folders; put each class in a folder of its own, list the files with their classes in a csv, or give "images": {"class_mode": null}';
      throw new DataError(this.name, `expected classes for "y": ${reason}`, { pointer: '/images/class_mode' });
    }
    checkBinary(options.class_mode, names);
    return { names, numbers: (this.numbersOfRows ??= classNumbers(this.images, names)) };
  }

  private rowAt(row: number): ImageRow {
    const found = this.images.rows[row];
    if (!found) throw new RangeError(`expected a row below ${this.images.rows.length}, received ${row}`);
    return found;
  }
}

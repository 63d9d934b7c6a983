import { sizeOf } from '@trainyard/ndarray';
import { DataError, listNames } from '../../data-error.js';
import type { ColumnValues } from '../../columns/column-values.js';
import { Marks, missingOf } from '../marks.js';
import { missingValue } from '../missing.js';
import { blockBytes, type Block, type Column, type ColumnRequest, type Table } from '../table.js';
import type { RemoteArray } from './remote-array.js';

/** Chunks of all arrays together that are read at once; larger ones are read again for each block. */
const maxChunkedBytes = 64 * 1024 * 1024;

/** Arrays that lie side by side: row i of the table is row i of each. */
export class ArrayTable implements Table {
  private readonly opened = new Map<string, Promise<RemoteArray>>();

  constructor(
    readonly name: string,
    readonly columnNames: readonly string[],
    private readonly open: (column: string) => Promise<RemoteArray>,
  ) {}

  inferX(others: readonly string[]): readonly string[] {
    if (this.columnNames.includes('x')) return ['x'];
    const rest = this.columnNames.filter((name) => !others.includes(name));
    if (rest.length === 1) return rest;
    throw new DataError(this.name, `expected an array "x", there are ${listNames(this.columnNames)}; say which one with "x"`, { pointer: '/x' });
  }

  async column({ name, text }: ColumnRequest): Promise<Column> {
    const { shape, type, place } = await this.array(name);
    const [rows, ...rowShape] = shape;
    if (rows === undefined) throw new DataError(place, 'expected an array with a row for each sample, received a single value');
    if (rows > 0 && sizeOf(rowShape) === 0) throw new DataError(place, `expected at least one value in each row, received rows of shape [${rowShape.join(', ')}]`);
    if (text && type.kind !== 'text') throw new DataError(place, 'expected words for the classes of to_categorical, received numbers; give num_classes instead', { pointer: '/transforms' });
    return { name, rows, type };
  }

  async seekable(requests: readonly ColumnRequest[]): Promise<boolean> {
    const arrays = await Promise.all(requests.map(({ name }) => this.array(name)));
    return arrays.every(({ seekable }) => seekable);
  }

  async *read(requests: readonly ColumnRequest[], start: number, end: number, signal?: AbortSignal): AsyncGenerator<Block> {
    const arrays = await Promise.all(requests.map(({ name }) => this.array(name)));
    const most = blockRows(arrays);
    const readings = arrays.map((array) => array.rows(signal));
    try {
      for (let first = start; first < end; ) {
        const rows = Math.min(end, blockEnd(first, end, most, arrays)) - first;
        const parts = await Promise.all(readings.map((reading) => reading.read(first, rows)));
        const columns = new Map<string, ColumnValues>();
        const marks = new Map<string, Marks>();
        for (const [i, request] of requests.entries()) {
          const values = parts[i];
          if (!values) continue;
          const own = new Marks(rows);
          if (values.kind === 'text') markBlanks(values.texts, request, own, (row) => this.place(first + row, request.name));
          columns.set(request.name, values);
          marks.set(request.name, own);
        }
        yield { firstRow: first, rows, columns, ...missingOf(marks) };
        first += rows;
      }
    } finally {
      await Promise.all(readings.map((reading) => reading.close()));
    }
  }

  place(row: number, column: string): string {
    return `${this.name}, array ${JSON.stringify(column)}, row index ${row}`;
  }

  private array(name: string): Promise<RemoteArray> {
    if (!this.columnNames.includes(name))
      throw new DataError(`${this.name}, array ${JSON.stringify(name)}`, `there is no such array; there are ${listNames(this.columnNames)}`);
    const known = this.opened.get(name) ?? this.open(name);
    this.opened.set(name, known);
    return known;
  }
}

/** Rows of a block: about 4 MiB, and whole chunks where those are not larger by far. */
function blockRows(arrays: readonly RemoteArray[]): number {
  const rowBytes = Math.max(1, arrays.reduce((sum, array) => sum + array.rowBytes, 0));
  const rows = Math.max(1, Math.floor(blockBytes / rowBytes));
  const chunkRows = Math.max(1, ...arrays.map((array) => array.chunkRows));
  if (chunkRows * rowBytes > maxChunkedBytes) return rows;
  return chunkRows * Math.max(1, Math.floor(rows / chunkRows));
}

/** Blocks end where chunks do: a chunk in two blocks is read twice. Where there are none, half as much more is not worth another block. */
function blockEnd(first: number, end: number, most: number, arrays: readonly RemoteArray[]): number {
  if (arrays.some(({ chunkRows }) => chunkRows > 1)) return first + most - (first % most);
  return end - first <= 1.5 * most ? end : first + most;
}

/** A text array has no word for what is missing but nothing. */
function markBlanks(texts: readonly string[], { missing }: ColumnRequest, marks: Marks, place: (row: number) => string): void {
  for (const [row, text] of texts.entries()) {
    if (text !== '') continue;
    if (missing === 'error') throw missingValue(place(row), 'text');
    marks.set(row);
  }
}

import { sizeOf } from '@trainyard/ndarray';
import { DataError, listNames } from '../../data-error.js';
import { blockBytes, type Block, type Column, type ColumnRequest, type Table } from '../table.js';
import type { RemoteArray } from './remote-array.js';

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
    const { header, place } = await this.array(name);
    const [rows, ...shape] = header.shape;
    if (rows === undefined) throw new DataError(place, 'expected an array with a row for each sample, received a single number');
    if (rows > 0 && sizeOf(shape) === 0) throw new DataError(place, `expected at least one number in each row, received rows of shape [${shape.join(', ')}]`);
    if (text) throw new DataError(place, 'expected words for the classes of to_categorical, received numbers; give num_classes instead', { pointer: '/transforms' });
    return { name, rows, text: false, dtype: header.layout.dtype, shape, parsed: false };
  }

  async seekable(requests: readonly ColumnRequest[]): Promise<boolean> {
    const arrays = await Promise.all(requests.map(({ name }) => this.array(name)));
    return arrays.every(({ seekable }) => seekable);
  }

  async *read(requests: readonly ColumnRequest[], start: number, end: number, signal?: AbortSignal): AsyncGenerator<Block> {
    const arrays = await Promise.all(requests.map(({ name }) => this.array(name)));
    const rowBytes = arrays.reduce((sum, { header }) => sum + sizeOf(header.shape.slice(1)) * header.layout.bytes, 0);
    const most = Math.max(1, Math.floor(blockBytes / Math.max(1, rowBytes)));
    const readings = arrays.map((array) => array.rows(signal));
    try {
      for (let first = start; first < end; first += most) {
        const rows = Math.min(most, end - first);
        const parts = await Promise.all(readings.map((reading) => reading.read(first, rows)));
        const columns = new Map(requests.flatMap(({ name }, i) => (parts[i] ? [[name, parts[i]] as const] : [])));
        yield { firstRow: first, rows, columns };
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

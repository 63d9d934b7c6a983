import type { ParquetOptions } from '@trainyard/protocol';
import type { ColumnType } from '../../columns/column-type.js';
import type { ColumnValues } from '../../columns/column-values.js';
import { DataError, listNames } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { inferFields } from '../infer-fields.js';
import { Marks, missingOf } from '../marks.js';
import { blockBytes, type Block, type Column, type ColumnRequest, type Table } from '../table.js';
import { readChunk } from './column-chunk.js';
import { listType } from './list-type.js';
import type { ParquetColumn, ParquetFile, RowGroup } from './metadata.js';
import { valuesOf } from './values.js';

/** Bytes of the requested columns of one row group in memory: it is decoded as a whole, and the next one while it is used. */
const maxGroupBytes = 512 * 1024 * 1024;
/** Of a decoded value, roughly. */
const valueBytes = 16;

/** A parquet file: a row group is decoded at once, of the columns that are asked for. */
export class ParquetTable implements Table {
  readonly columnNames: readonly string[];
  /** Of lists, whose shape the rows of the first file tell. */
  private readonly listTypes: Map<string, Promise<ColumnType>>;

  constructor(
    private readonly file: ShardFile,
    private readonly parquet: ParquetFile,
    private readonly options: ParquetOptions,
    first?: ParquetTable,
  ) {
    this.columnNames = [...parquet.columns.keys()];
    this.listTypes = first?.listTypes ?? new Map<string, Promise<ColumnType>>();
    const stranger = options.sequences.find((name) => !parquet.columns.has(name));
    if (stranger !== undefined) throw new DataError(this.name, `there is no column ${JSON.stringify(stranger)} of sequences; there are ${listNames(this.columnNames)}`, { pointer: '/parquet/sequences' });
  }

  get name(): string {
    return this.file.name;
  }

  /** Reading begins with a row group. */
  get boundaries(): readonly number[] {
    return this.parquet.groups.map(({ firstRow }) => firstRow);
  }

  inferX(others: readonly string[]): readonly string[] {
    return inferFields(this.name, this.columnNames, others, (name) => {
      const { leaf, depth } = this.columnOf(name);
      if (leaf.kind !== 'numbers') return leaf;
      return depth > 0 ? { kind: 'sequences', dtype: leaf.dtype, shape: [], parsed: false } : { ...leaf, shape: [], parsed: false };
    });
  }

  async column({ name, text }: ColumnRequest): Promise<Column> {
    const column = this.columnOf(name);
    return { name, rows: this.parquet.rows, type: text ? this.textType(column) : await this.typeOf(column) };
  }

  async seekable(): Promise<boolean> {
    return true;
  }

  async *read(requests: readonly ColumnRequest[], start: number, end: number, signal?: AbortSignal): AsyncGenerator<Block> {
    const columns = requests.map((request) => ({ request, column: this.columnOf(request.name) }));
    for (const group of this.parquet.groups) {
      const from = Math.max(0, start - group.firstRow);
      const to = Math.min(group.rows, end - group.firstRow);
      if (from >= to) continue;
      this.checkBytes(group, columns.map(({ column }) => column));
      const decoded: DecodedColumn[] = [];
      for (const { request, column } of columns) decoded.push({ request, type: request.text ? this.textType(column) : await this.typeOf(column), rows: new Rows(await readChunk(this.file, group, column, signal)) });
      const rowBytes = Math.max(1, decoded.reduce((sum, { rows }) => sum + rows.bytesPerRow, 0));
      const most = Math.max(1, Math.floor(blockBytes / rowBytes));
      for (let at = from; at < to; at += most) yield this.block(decoded, group, at, Math.min(to, at + most));
    }
  }

  place(row: number, column: string): string {
    return `${this.name}, row ${row + 1}, column ${JSON.stringify(column)}`;
  }

  private block(columns: readonly DecodedColumn[], group: RowGroup, from: number, to: number): Block {
    const values = new Map<string, ColumnValues>();
    const marks = new Map<string, Marks>();
    const firstRow = group.firstRow + from;
    for (const { request, type, rows } of columns) {
      const own = new Marks(to - from);
      values.set(request.name, valuesOf(type, request, rows.slice(from, to), own, (row) => this.place(firstRow + row, request.name)));
      marks.set(request.name, own);
    }
    return { firstRow, rows: to - from, columns: values, ...missingOf(marks) };
  }

  private checkBytes(group: RowGroup, columns: readonly ParquetColumn[]): void {
    const bytes = columns.reduce((sum, { schemaPath }) => {
      const chunk = group.chunks.get(schemaPath.slice(1).map(({ element }) => element.name).join('.'));
      return sum + (chunk ? chunk.uncompressedBytes + chunk.values * valueBytes : 0);
    }, 0);
    if (bytes > maxGroupBytes) throw new DataError(`${this.name}, rows ${group.firstRow + 1} to ${group.firstRow + group.rows}`, `expected a row group that takes at most ${maxGroupBytes} bytes, this one takes about ${bytes}; write smaller ones (in pandas: row_group_size=10000)`);
  }

  private async typeOf(column: ParquetColumn): Promise<ColumnType> {
    const { name, leaf, depth } = column;
    if (leaf.kind !== 'numbers') return leaf;
    if (depth === 0) return { ...leaf, shape: [], parsed: false };
    const known = this.listTypes.get(name) ?? this.inferList(column, leaf.dtype);
    this.listTypes.set(name, known);
    return known;
  }

  private async inferList(column: ParquetColumn, dtype: Parameters<typeof listType>[1]): Promise<ColumnType> {
    const [group] = this.parquet.groups;
    if (!group) return { kind: 'sequences', dtype, shape: [], parsed: false };
    this.checkBytes(group, [column]);
    const parts = await readChunk(this.file, group, column);
    return listType(Array.from(new Rows(parts).slice(0, group.rows)), dtype, column.depth, this.options.sequences.includes(column.name), (row) => this.place(group.firstRow + row, column.name));
  }

  private textType({ name, leaf, depth }: ParquetColumn): ColumnType {
    if (depth === 0 && leaf.kind !== 'bytes') return { kind: 'text' };
    throw new DataError(`${this.name}, column ${JSON.stringify(name)}`, `expected words for the classes of to_categorical, received ${depth > 0 ? 'lists' : 'bytes'}`, { pointer: '/transforms' });
  }

  private columnOf(name: string): ParquetColumn {
    const column = this.parquet.columns.get(name);
    const place = `${this.name}, column ${JSON.stringify(name)}`;
    if (!column) throw new DataError(place, `there is no such column; there are ${listNames(this.columnNames)}`);
    if ('refused' in column) throw new DataError(place, `expected numbers, text, bytes or lists of numbers, received ${column.refused}`);
    return column;
  }
}

interface DecodedColumn {
  readonly request: ColumnRequest;
  readonly type: ColumnType;
  readonly rows: Rows;
}

/** The decoded rows of a column in a row group, which lie in parts. */
class Rows {
  constructor(private readonly parts: readonly ArrayLike<unknown>[]) {}

  /** Roughly: of texts and lists, as the first rows have them. */
  get bytesPerRow(): number {
    const sample = Array.from(this.slice(0, Math.min(64, this.parts[0]?.length ?? 0)));
    return 8 + sample.reduce<number>((sum, value) => sum + sizeOfValue(value), 0) / Math.max(1, sample.length);
  }

  /** A view, where the rows lie in one part. */
  slice(start: number, end: number): ArrayLike<unknown> {
    const rows: unknown[] = [];
    let at = 0;
    for (const part of this.parts) {
      const [from, to] = [Math.max(0, start - at), Math.min(part.length, end - at)];
      if (to - from === end - start) return ArrayBuffer.isView(part) ? (part as Float64Array).subarray(from, to) : (part as unknown[]).slice(from, to);
      for (let i = from; i < to; i++) rows.push(part[i]);
      at += part.length;
    }
    return rows;
  }
}

function sizeOfValue(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  return Array.isArray(value) ? value.reduce<number>((sum, inner) => sum + 8 + sizeOfValue(inner), 0) : 0;
}

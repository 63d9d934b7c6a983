import type { ColumnType } from '../../columns/column-type.js';
import type { ColumnValues } from '../../columns/column-values.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { inferFields } from '../infer-fields.js';
import { Marks, missingOf } from '../marks.js';
import type { Block, Column, ColumnRequest, Table } from '../table.js';
import { jsonRowsOf, type JsonRow } from './lines.js';
import { fieldPlace, type JsonlSchema } from './schema.js';
import { readField } from './values.js';

const maxBlockRows = 16_384;

/** Lines of JSON objects: each field is a column. Rows are known when the file has been read. */
export class JsonlTable implements Table {
  constructor(
    private readonly file: ShardFile,
    readonly schema: JsonlSchema,
  ) {}

  get name(): string {
    return this.file.name;
  }

  get columnNames(): readonly string[] {
    return this.schema.names;
  }

  inferX(others: readonly string[]): readonly string[] {
    return inferFields(this.name, this.columnNames, others, (name) => this.schema.typeOf(name));
  }

  async column({ name, text }: ColumnRequest): Promise<Column> {
    const type = this.schema.typeOf(name);
    return { name, rows: undefined, type: text ? { kind: 'text' } : type };
  }

  async seekable(): Promise<boolean> {
    return false;
  }

  async *read(requests: readonly ColumnRequest[], start: number, end: number, signal?: AbortSignal): AsyncGenerator<Block> {
    const columns = requests.map((request) => ({ request, type: request.text ? { kind: 'text' as const } : this.schema.typeOf(request.name) }));
    let row = 0;
    for await (const rows of jsonRowsOf(this.file, { signal })) {
      const from = Math.max(0, start - row);
      const to = Math.min(rows.length, end - row);
      for (let at = from; at < to; at += maxBlockRows) yield this.block(columns, row + at, rows.slice(at, Math.min(to, at + maxBlockRows)));
      row += rows.length;
      if (row >= end) break;
    }
  }

  place(row: number, column: string): string {
    return fieldPlace(this.file, row, column);
  }

  private block(columns: readonly { request: ColumnRequest; type: ColumnType }[], firstRow: number, rows: readonly JsonRow[]): Block {
    const values = new Map<string, ColumnValues>();
    const marks = new Map<string, Marks>();
    for (const { request, type } of columns) {
      const own = new Marks(rows.length);
      values.set(request.name, readField(type, rows, request, own, (row) => this.place(firstRow + row, request.name)));
      marks.set(request.name, own);
    }
    return { firstRow, rows: rows.length, columns: values, ...missingOf(marks) };
  }
}

import type { ColumnValues } from '../../columns/column-values.js';
import type { ShardFile } from '../../shards/shard-file.js';
import type { Compression } from '../bytes/content.js';
import { inferFields } from '../infer-fields.js';
import { Marks, missingOf } from '../marks.js';
import type { Block, Column, ColumnRequest, Table } from '../table.js';
import { FeatureReader } from './feature-values.js';
import { recordsOf } from './frames.js';
import { exampleOf, featurePlace, type TfrecordSchema } from './schema.js';

const maxBlockRows = 16_384;

/** A TFRecord file of tf.train.Examples: each feature is a column. Rows are known when the file has been read. */
export class TfrecordTable implements Table {
  constructor(
    private readonly file: ShardFile,
    private readonly compression: Compression,
    readonly schema: TfrecordSchema,
  ) {}

  get name(): string {
    return this.file.name;
  }

  get columnNames(): readonly string[] {
    return this.schema.names;
  }

  inferX(others: readonly string[]): readonly string[] {
    return inferFields(this.name, this.columnNames, others, (name) => this.schema.typeOf(name).type);
  }

  async column({ name, text }: ColumnRequest): Promise<Column> {
    const { type } = this.schema.typeOf(name);
    return { name, rows: undefined, type: text ? { kind: 'text' } : type };
  }

  async seekable(): Promise<boolean> {
    return false;
  }

  async *read(requests: readonly ColumnRequest[], start: number, end: number, signal?: AbortSignal): AsyncGenerator<Block> {
    const readers = requests.map((request) => new FeatureReader(request, this.schema.typeOf(request.name)));
    let row = 0;
    for await (const records of recordsOf(this.file, { compression: this.compression, signal })) {
      const from = Math.max(0, start - row);
      const to = Math.min(records.length, end - row);
      for (let at = from; at < to; at += maxBlockRows) yield this.block(readers, row + at, records.slice(at, Math.min(to, at + maxBlockRows)));
      row += records.length;
      if (row >= end) break;
    }
  }

  place(row: number, column: string): string {
    return featurePlace(this.file, row, column);
  }

  private block(readers: readonly FeatureReader[], firstRow: number, records: readonly Buffer[]): Block {
    const columns = new Map<string, ColumnValues>();
    const marks = new Map<string, Marks>();
    const wanted = new Set(readers.map(({ request }) => request.name));
    const examples = wanted.size === 0 ? [] : records.map((record, i) => exampleOf(this.file, record, firstRow + i, wanted));
    for (const reader of readers) {
      const { name } = reader.request;
      const own = new Marks(records.length);
      const features = examples.map((example) => example.get(name));
      columns.set(name, reader.read(features, own, (row) => this.place(firstRow + row, name)));
      marks.set(name, own);
    }
    return { firstRow, rows: records.length, columns, ...missingOf(marks) };
  }
}

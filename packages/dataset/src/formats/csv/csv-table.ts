import type { Source, TextColumnDType } from '@trainyard/protocol';
import { numbers, texts, type ColumnValues } from '../../columns/column-values.js';
import { DataError, listNames } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { Marks, missingOf } from '../marks.js';
import { missingValue } from '../missing.js';
import type { Block, Column, ColumnRequest, Table } from '../table.js';
import { columnNamesOf } from './header.js';
import { recordsOf } from './records.js';
import { csvSyntax, type CsvSyntax } from './syntax.js';
import { inferDType, isBlank, isMissing, isWord, nounOf, NumberParser, type NumberDType } from './values.js';

/** Rows that tell what columns hold. */
const sampleRows = 1000;

/** A csv. Rows are known when the file has been read; columns are numbers, words or true and false, as declared or as the first rows tell. */
export class CsvTable implements Table {
  /** By name. */
  private readonly inferred = new Map<string, TextColumnDType | undefined>();
  private readonly indices: ReadonlyMap<string, number>;

  private constructor(
    private readonly file: ShardFile,
    private readonly syntax: CsvSyntax,
    readonly columnNames: readonly string[],
    private readonly sample: readonly (readonly string[])[],
    private readonly first: CsvTable | undefined,
  ) {
    this.indices = new Map(columnNames.map((name, i) => [name, i]));
  }

  static async open(file: ShardFile, source: Pick<Source, 'csv'>, first?: CsvTable): Promise<CsvTable> {
    const syntax = csvSyntax(source.csv, file.name);
    let head: string[][] = [];
    for await (const records of recordsOf(file, syntax, { head: true })) {
      head = head.concat(records.slice(0, sampleRows + 1));
      if (head.length > (syntax.header ? 1 : 0)) break;
    }
    const names = columnNamesOf(file, syntax, head[0]);
    return new CsvTable(file, syntax, names, head.slice(syntax.header ? 1 : 0), first);
  }

  get name(): string {
    return this.file.name;
  }

  /** All named columns of numbers that are not used otherwise. */
  inferX(others: readonly string[]): readonly string[] {
    const numeric = this.columnNames.filter((name) => name !== '' && !others.includes(name) && !['text', 'bool'].includes(this.dtypeOf(name) ?? ''));
    if (numeric.length === 0) throw new DataError(this.name, `expected columns of numbers for x, there are ${listNames(this.columnNames)}; name them with "x"`, { pointer: '/x' });
    return numeric;
  }

  async column(request: ColumnRequest): Promise<Column> {
    this.indexOf(request.name);
    const dtype = request.text ? 'text' : this.dtypeOf(request.name);
    if (dtype === 'text') return { name: request.name, rows: undefined, type: { kind: 'text' } };
    return { name: request.name, rows: undefined, type: { kind: 'numbers', dtype: dtype ?? 'float64', shape: [], parsed: dtype === undefined } };
  }

  async seekable(): Promise<boolean> {
    return false;
  }

  async *read(requests: readonly ColumnRequest[], start: number, end: number, signal?: AbortSignal): AsyncGenerator<Block> {
    const columns = requests.map((request) => this.reader(request));
    let row = this.syntax.header ? -1 : 0;
    for await (const records of recordsOf(this.file, this.syntax, { signal })) {
      const from = Math.max(0, start - row);
      const to = Math.min(records.length, end - row);
      if (from < to) yield this.block(columns, row + from, from === 0 && to === records.length ? records : records.slice(from, to));
      row += records.length;
      if (row >= end) break;
    }
  }

  place(row: number, column: string): string {
    return `${this.name}, row ${row + 1}, column ${JSON.stringify(column)}`;
  }

  private block(columns: readonly ColumnReader[], firstRow: number, rows: readonly string[][]): Block {
    const values = new Map<string, ColumnValues>();
    const marks = new Map<string, Marks>();
    for (const { request, read } of columns) {
      const own = new Marks(rows.length);
      values.set(request.name, read(rows, firstRow, own));
      marks.set(request.name, own);
    }
    return { firstRow, rows: rows.length, columns: values, ...missingOf(marks) };
  }

  private reader(request: ColumnRequest): ColumnReader {
    const index = this.indexOf(request.name);
    const dtype = request.text ? 'text' : (this.dtypeOf(request.name) ?? 'float64');
    return { request, read: (rows, firstRow, marks) => (dtype === 'text' ? this.texts(request, index, rows, firstRow, marks) : this.numbers(request, dtype, index, rows, firstRow, marks)) };
  }

  private texts(request: ColumnRequest, index: number, rows: readonly string[][], firstRow: number, marks: Marks): ColumnValues {
    const none = request.missing === 'mark' ? isMissing : isBlank;
    return texts(
      rows.map((record, i) => {
        const value = record[index] ?? '';
        if (!none(value, this.syntax)) return value;
        if (request.missing === 'error') throw missingValue(this.place(firstRow + i, request.name), 'a word', value);
        marks.set(i);
        return '';
      }),
    );
  }

  private numbers(request: ColumnRequest, dtype: NumberDType, index: number, rows: readonly string[][], firstRow: number, marks: Marks): ColumnValues {
    const parser = new NumberParser(dtype, rows.length, this.syntax);
    const { data } = parser;
    for (let i = 0; i < rows.length; i++) {
      const value = rows[i]?.[index] ?? '';
      if (parser.parse(i, value)) continue;
      if (!isMissing(value, this.syntax)) throw new DataError(this.place(firstRow + i, request.name), notOf(dtype, value));
      if (request.missing === 'error') throw missingValue(this.place(firstRow + i, request.name), nounOf(dtype), value);
      marks.set(i);
      data[i] = (dtype === 'float32' || dtype === 'float64' ? NaN : dtype === 'int64' ? 0n : 0);
    }
    return numbers({ dtype, shape: [rows.length], data });
  }

  /** What was declared, or what the first rows of the first file tell; undefined for numbers of which no more is known. */
  private dtypeOf(name: string): TextColumnDType | undefined {
    if (Object.hasOwn(this.syntax.dtypes, name)) return this.syntax.dtypes[name];
    if (this.first) return this.first.dtypeOf(name);
    const index = this.indexOf(name);
    if (!this.inferred.has(name)) this.inferred.set(name, inferDType(this.sample.map((record) => record[index] ?? ''), this.syntax));
    return this.inferred.get(name);
  }

  private indexOf(name: string): number {
    const index = this.indices.get(name);
    if (index === undefined) throw new DataError(`${this.name}, column ${JSON.stringify(name)}`, `there is no such column; there are ${listNames(this.columnNames)}`);
    return index;
  }
}

interface ColumnReader {
  readonly request: ColumnRequest;
  readonly read: (rows: readonly string[][], firstRow: number, marks: Marks) => ColumnValues;
}

function notOf(dtype: NumberDType, value: string): string {
  const hint = isWord(value) ? '; for names of classes give to_categorical their "classes", for text declare "csv": {"dtypes": {…: "text"}}' : '';
  return `expected ${nounOf(dtype)}, received ${JSON.stringify(value.slice(0, 80))}${hint}`;
}

import { DataError, listNames } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { blockBytes, type Block, type Column, type ColumnRequest, type Table } from '../table.js';
import { isNumber, parseNumber } from './numbers.js';
import { recordsOf } from './records.js';

const maxBlockRows = 16_384;

/** A csv with a header. Rows are known when the file has been read; columns are numbers unless they are asked for as words. */
export class CsvTable implements Table {
  private constructor(
    private readonly file: ShardFile,
    readonly columnNames: readonly string[],
    private readonly firstRow: readonly string[] | undefined,
  ) {}

  static async open(file: ShardFile): Promise<CsvTable> {
    const records = recordsOf(file, { onlyHead: true });
    try {
      const header = (await records.next()) as IteratorResult<string[], undefined>;
      if (header.done === true) throw new DataError(file.name, 'expected a header line, received an empty file');
      const names = header.value.map((name) => name.trim());
      const double = names.find((name, i) => name !== '' && names.indexOf(name) !== i);
      if (double !== undefined) throw new DataError(`${file.name}, header`, `expected columns of different names, received ${JSON.stringify(double)} twice`);
      const own = names.find((name) => name in Object.prototype);
      if (own !== undefined) throw new DataError(`${file.name}, header`, `expected columns' names, received ${JSON.stringify(own)}, which programs take for something else; give the column another name`);
      if (names.every(isNumber)) throw new DataError(`${file.name}, header`, `expected a first line with the columns' names, received the numbers ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`);
      const first = (await records.next()) as IteratorResult<string[], undefined>;
      return new CsvTable(file, names, first.value);
    } finally {
      await records.return(undefined);
    }
  }

  get name(): string {
    return this.file.name;
  }

  /** All named columns that are not used otherwise and do not hold words, as the first row tells. */
  inferX(others: readonly string[]): readonly string[] {
    const numeric = this.columnNames.filter((name, i) => name !== '' && !others.includes(name) && !isWord(this.firstRow?.[i] ?? ''));
    if (numeric.length === 0) throw new DataError(this.name, `expected columns of numbers for x, there are ${listNames(this.columnNames)}; name them with "x"`, { pointer: '/x' });
    return numeric;
  }

  async column({ name, text }: ColumnRequest): Promise<Column> {
    this.indexOf(name);
    return { name, text, rows: undefined, dtype: 'float64', shape: [], parsed: true };
  }

  async seekable(): Promise<boolean> {
    return false;
  }

  async *read(requests: readonly ColumnRequest[], start: number, end: number, signal?: AbortSignal): AsyncGenerator<Block> {
    const indices = requests.map(({ name }) => this.indexOf(name));
    const most = Math.max(1, Math.min(maxBlockRows, Math.floor(blockBytes / Math.max(1, requests.length * 8))));
    let rows: string[][] = [];
    let next = -1; // the header comes before row 0
    for await (const record of recordsOf(this.file, { signal })) {
      const index = next++;
      if (index < start) continue;
      if (index >= end) break;
      rows.push(record);
      if (rows.length === most) {
        yield this.block(requests, indices, index + 1 - rows.length, rows);
        rows = [];
      }
    }
    if (rows.length > 0) yield this.block(requests, indices, Math.min(next, end) - rows.length, rows);
  }

  place(row: number, column: string): string {
    return `${this.name}, row ${row + 1}, column ${JSON.stringify(column)}`;
  }

  private block(requests: readonly ColumnRequest[], indices: readonly number[], firstRow: number, rows: readonly string[][]): Block {
    const columns = new Map(
      requests.map(({ name, text }, i) => {
        const values = rows.map((record) => record[indices[i] ?? -1] ?? '');
        return [name, text ? values : this.numbers(values, firstRow, name)] as const;
      }),
    );
    return { firstRow, rows: rows.length, columns };
  }

  private numbers(values: readonly string[], firstRow: number, name: string) {
    const data = new Float64Array(values.length);
    for (const [i, value] of values.entries()) {
      const number = parseNumber(value);
      if (number === undefined) throw new DataError(this.place(firstRow + i, name), notANumber(value));
      data[i] = number;
    }
    return { dtype: 'float64', shape: [values.length], data } as const;
  }

  private indexOf(name: string): number {
    const index = this.columnNames.indexOf(name);
    if (index === -1) throw new DataError(`${this.name}, column ${JSON.stringify(name)}`, `there is no such column; there are ${listNames(this.columnNames)}`);
    return index;
  }
}

function isWord(value: string): boolean {
  return !isNumber(value) && !/^\s*(nan|na|n\/a|null|none|[+-]?inf(inity)?)?\s*$/i.test(value);
}

function notANumber(value: string): string {
  if (value.trim() === '') return 'expected a number, received nothing; fill in or leave out rows with missing values';
  const hint = isWord(value) ? '; for names of classes give to_categorical their "classes"' : '; leave out rows with missing or infinite values';
  return `expected a number, received ${JSON.stringify(value.slice(0, 80))}${hint}`;
}

import { ImageOptions, type InputColumn, type InputRecipe } from '@trainyard/protocol';
import type { ColumnValues } from '../columns/column-values.js';
import { DataError, listNames } from '../data-error.js';
import { csvSyntax, type CsvSyntax } from '../formats/csv/syntax.js';
import { Marks, missingOf } from '../formats/marks.js';
import type { Block, Column, ColumnRequest, Table } from '../formats/table.js';
import { complaintOf } from './complaint.js';
import { csvColumn } from './csv-column.js';
import { imageColumn } from './image-column.js';
import { rawColumn } from './raw-column.js';
import type { RawRows } from './raw-rows.js';

/** Raw rows as a table like those of the source that the model is trained on. */
export class RawTable implements Table {
  readonly name = 'instances';
  private readonly syntax: CsvSyntax;
  private readonly columns: ReadonlyMap<string, InputColumn>;

  constructor(
    private readonly recipe: InputRecipe,
    private readonly rows: RawRows,
  ) {
    this.syntax = csvSyntax(recipe.csv, '');
    this.columns = new Map(recipe.columns.map((column) => [column.name, column]));
  }

  get columnNames(): readonly string[] {
    return this.recipe.names;
  }

  inferX(): readonly string[] {
    return this.recipe.inputs.flatMap(({ columns }) => columns);
  }

  async column({ name }: ColumnRequest): Promise<Column> {
    return { name, rows: this.rows.count, type: this.columnNamed(name).type };
  }

  async seekable(): Promise<boolean> {
    return false;
  }

  async *read(requests: readonly ColumnRequest[]): AsyncGenerator<Block> {
    yield await this.block(requests);
  }

  place(row: number, column: string): string {
    return this.rows.place(row, column);
  }

  /** All rows. @throws DataError that points to a value which cannot be used */
  async block(requests: readonly ColumnRequest[]): Promise<Block> {
    const values = new Map<string, ColumnValues>();
    const marks = new Map<string, Marks>();
    for (const request of requests) {
      const own = new Marks(this.rows.count);
      values.set(request.name, await this.valuesOf(request, own));
      marks.set(request.name, own);
    }
    return { firstRow: 0, rows: this.rows.count, columns: values, ...missingOf(marks) };
  }

  private async valuesOf(request: ColumnRequest, marks: Marks): Promise<ColumnValues> {
    const { name } = request;
    const { recipe, rows } = this;
    const column = this.columnNamed(name);
    const complaint = complaintOf(rows, request, marks);
    if (recipe.format === 'csv') return csvColumn(column, this.syntax, rows.column(name), complaint);
    if (recipe.format === 'images' && name === 'x') return imageColumn(recipe.images ?? ImageOptions.parse({}), rows.column(name), (row) => rows.place(row, name), complaint);
    return rawColumn(column, recipe.format, rows, complaint);
  }

  private columnNamed(name: string): InputColumn {
    const column = this.columns.get(name);
    if (!column) throw new DataError(`column ${JSON.stringify(name)}`, `no input is made of it; inputs are made of ${listNames([...this.columns.keys()])}`);
    return column;
  }
}

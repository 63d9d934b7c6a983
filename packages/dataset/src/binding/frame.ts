import { sizeOf } from '@trainyard/ndarray';
import { DataError } from '../data-error.js';
import type { ColumnType } from '../columns/column-type.js';
import { pickRows, type ColumnValues } from '../columns/column-values.js';
import type { Block, ColumnRequest, Table } from '../formats/table.js';
import type { NamedFilter, NamedTransform } from '../transforms/registry.js';
import { isFitted, type Fitter, type RowContext, type UnfittedTransform } from '../transforms/transform.js';
import type { Step } from './steps.js';

/** Random numbers of a row of the table, for a purpose. */
export type RowRandom = (row: number, purpose: number) => ReturnType<RowContext['random']>;

/** What learns the arguments of the transforms that lack them. */
export type Fitters = ReadonlyMap<UnfittedTransform, Fitter>;

/** Values of a column, and what they are. */
export interface Typed {
  readonly values: ColumnValues;
  readonly type: ColumnType;
}

interface Column extends Typed {
  readonly missing: Uint8Array | undefined;
  /** It has been seen that no value is missing, NaN or infinite. */
  readonly settled: boolean;
}

/** The rows of a block on their way through the steps; knows which rows of the file are left. */
export class Frame {
  private rowNumbers: Uint32Array | undefined;

  private constructor(
    private readonly table: Table,
    private readonly block: Block,
    private readonly random: RowRandom,
    private readonly columns: Map<string, Column>,
  ) {}

  static async of(requests: readonly ColumnRequest[], table: Table, block: Block, random: RowRandom): Promise<Frame> {
    const columns = new Map<string, Column>();
    for (const request of requests) {
      const values = block.columns.get(request.name);
      if (!values) throw new Error(`the block lacks the column ${request.name}`);
      columns.set(request.name, { values, type: (await table.column(request)).type, missing: block.missing?.get(request.name), settled: false });
    }
    return new Frame(table, block, random, columns);
  }

  get rows(): number {
    return this.rowNumbers?.length ?? this.block.rows;
  }

  /**
   * @param fitters of the steps' transforms that are not fitted
   * @throws DataError that names the row and column of a value that cannot be used
   */
  async run(steps: readonly Step[], fitters?: Fitters): Promise<void> {
    for (const step of steps) {
      if ('filter' in step) this.filter(step);
      else this.columns.set(step.column, await changed(this.columnOf(step.column), step, this.contextOf(step.column), fitters));
    }
  }

  /** A column as the steps have left it. @throws DataError when values of it are missing */
  taken(name: string): Typed {
    return settled(this.columnOf(name), this.contextOf(name));
  }

  /** The transforms of what is made of several columns, or of one. */
  async whole(made: Typed, columns: readonly string[], transforms: readonly NamedTransform[], fitters?: Fitters): Promise<Typed> {
    const context = this.contextOf(columns.join(', '));
    let column: Column = { ...made, missing: undefined, settled: true };
    for (const transform of transforms) column = await changed(column, transform, context, fitters);
    return column;
  }

  /** The place of each row of what is made of these columns. */
  placesOf(columns: readonly string[]): (row: number) => string {
    return (row) => this.table.place(this.rowNumber(row), columns.join(', '));
  }

  private filter({ column, filter }: NamedFilter): void {
    const looked = column === undefined ? undefined : filter.handlesMissing || filter.ofKey ? this.columnOf(column) : settled(this.columnOf(column), this.contextOf(column));
    const keeps = filter.keeps(looked?.values, { missing: looked?.missing, rowName: (row) => this.rowName(this.rowNumber(row)) });
    const kept = new Uint32Array(this.rows);
    let count = 0;
    for (let row = 0; row < this.rows; row++) if (keeps(row)) kept[count++] = row;
    if (count < this.rows) this.keep(kept.slice(0, count));
  }

  private keep(order: Uint32Array): void {
    for (const [name, column] of this.columns) this.columns.set(name, { ...column, values: pickRows(column.values, order), missing: column.missing && Uint8Array.from(order, (row) => column.missing?.[row] ?? 0) });
    const { rowNumbers } = this;
    this.rowNumbers = rowNumbers ? Uint32Array.from(order, (row) => rowNumbers[row] ?? 0) : order;
  }

  private columnOf(name: string): Column {
    const column = this.columns.get(name);
    if (!column) throw new Error(`the column ${name} was not asked for`);
    return column;
  }

  private contextOf(column: string): RowContext {
    return {
      place: (row) => this.table.place(this.rowNumber(row), column),
      random: (row, purpose) => this.random(this.rowNumber(row), purpose),
      missing: this.columns.get(column)?.missing,
    };
  }

  private rowName(number: number): string {
    return this.table.rowName?.(number) ?? `${this.table.name}\n${number}`;
  }

  /** The row's number in the table. */
  private rowNumber(row: number): number {
    const inBlock = this.rowNumbers?.[row] ?? row;
    return this.block.rowNumbers?.[inBlock] ?? this.block.firstRow + inBlock;
  }
}

async function changed(before: Column, { column, transform }: NamedTransform, context: RowContext, fitters?: Fitters): Promise<Column> {
  if (!isFitted(transform)) {
    const fitter = fitters?.get(transform);
    if (!fitter) throw new Error(`the transform ${transform.pointer} is not fitted`);
    const ready = settled(before, context);
    fitter.add(ready.values, context);
    return ready;
  }
  const ready = transform.handlesMissing ? before : settled(before, context);
  const values = await transform.apply(ready.values, ready.type, context);
  return { values, type: transform.typeAfter(ready.type, column), missing: undefined, settled: ready.settled };
}

/** @throws DataError for the first value that is missing, NaN or infinite */
function settled(column: Column, { place }: RowContext): Column {
  if (column.settled) return column;
  const row = column.missing?.indexOf(1) ?? -1;
  if (row !== -1) throw new DataError(place(row), 'expected a value, received none; add fill in front of the other transforms, or drop_rows with "missing": true');
  checkFinite(column.values, place);
  return { ...column, settled: true };
}

function checkFinite(values: ColumnValues, place: (row: number) => string): void {
  if (values.kind !== 'numbers' && values.kind !== 'sequences') return;
  const { dtype, data } = values.kind === 'numbers' ? values.array : values;
  if (dtype !== 'float32' && dtype !== 'float64') return;
  const floats = data as Float32Array | Float64Array;
  if (allFinite(floats)) return;
  const first = floats.findIndex((value) => !Number.isFinite(value));
  throw new DataError(place(rowOfElement(values, first)), `expected finite numbers, received ${floats[first]}; leave out or fill in such rows`);
}

/** What is finite times 0 is 0; what is not is NaN, and so is every sum with it. Four sums at a time: one would wait for itself. */
function allFinite(data: Float32Array | Float64Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const even = data.length - (data.length % 4);
  for (let i = 0; i < even; i += 4) {
    a += (data[i] as number) * 0;
    b += (data[i + 1] as number) * 0;
    c += (data[i + 2] as number) * 0;
    d += (data[i + 3] as number) * 0;
  }
  for (let i = even; i < data.length; i++) a += (data[i] as number) * 0;
  return a + b + c + d === 0;
}

function rowOfElement(values: ColumnValues, element: number): number {
  if (values.kind === 'numbers') return Math.floor(element / sizeOf(values.array.shape.slice(1)));
  if (values.kind !== 'sequences') return 0;
  const at = Math.floor(element / sizeOf(values.shape));
  return values.offsets.findLastIndex((offset) => offset <= at);
}

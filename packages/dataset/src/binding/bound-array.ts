import { allocate, cast, sizeOf, type NdArray } from '@trainyard/ndarray';
import { DataError, listNames } from '../data-error.js';
import type { ArraySpec } from '../dataset.js';
import type { Block, ColumnRequest, ColumnType, Table } from '../formats/table.js';
import { isArray, numbersOf, type ColumnTransform, type ColumnValues } from '../transforms/transform.js';

/** A column on its way into an array. */
export interface BoundColumn {
  readonly request: ColumnRequest;
  readonly transforms: readonly ColumnTransform[];
}

/** How one array of the dataset is made of a table's columns: transformed one by one, joined, transformed as a whole. */
export interface BoundArray {
  readonly name: string;
  readonly columns: readonly BoundColumn[];
  readonly transforms: readonly ColumnTransform[];
}

/** What the array will be, from the table's headers. @throws DataError when columns are missing or do not fit */
export async function specOf(bound: BoundArray, table: Table): Promise<ArraySpec> {
  const types = await Promise.all(bound.columns.map(async ({ request, transforms }) => typeAfter(await table.column(request), transforms, request.name)));
  const joined = joinedType(types, bound, table);
  const { dtype, shape } = narrow(typeAfter(joined, bound.transforms, bound.name));
  return { name: bound.name, dtype, shape };
}

/** The array's rows of a block. @throws DataError that names the row and column of a value that cannot be used */
export async function rowsOf(bound: BoundArray, table: Table, block: Block): Promise<NdArray> {
  const columns: { values: NdArray; type: ColumnType }[] = [];
  for (const { request, transforms } of bound.columns) {
    const values = block.columns.get(request.name);
    if (!values) throw new Error(`the block lacks the column ${request.name}`);
    const place = (row: number) => table.place(block.firstRow + row, request.name);
    checkFinite(values, place);
    const { values: changed, type } = transformed(values, await table.column(request), transforms, request.name, place);
    columns.push({ values: numbersOf(changed), type });
  }
  const names = bound.columns.map(({ request }) => request.name).join(', ');
  const type = joinedType(columns.map((column) => column.type), bound, table);
  const whole = transformed(join(columns.map(({ values }) => values)), type, bound.transforms, bound.name, (row) => table.place(block.firstRow + row, names));
  return cast(numbersOf(whole.values), narrow(whole.type).dtype);
}

function typeAfter(type: ColumnType, transforms: readonly ColumnTransform[], column: string): ColumnType {
  return transforms.reduce((before, transform) => transform.typeAfter(before, column), type);
}

function transformed(values: ColumnValues, type: ColumnType, transforms: readonly ColumnTransform[], column: string, place: (row: number) => string): { values: ColumnValues; type: ColumnType } {
  let current = { values, type };
  for (const transform of transforms) current = { values: transform.apply(current.values, current.type, place), type: transform.typeAfter(current.type, column) };
  return current;
}

/** Numbers that were parsed at full precision end as Keras's floatx. */
function narrow(type: ColumnType): ColumnType {
  return type.parsed && type.dtype === 'float64' ? { ...type, dtype: 'float32' } : type;
}

function joinedType(types: readonly ColumnType[], { name, columns }: BoundArray, table: Table): ColumnType {
  const [first] = types;
  if (!first) throw new Error(`the array ${name} has no columns`);
  if (types.length === 1) return first;
  const names = listNames(columns.map(({ request }) => request.name));
  const place = `${table.name}, columns ${names}`;
  if (types.some(({ dtype }) => dtype !== first.dtype)) throw new DataError(place, `expected columns of one dtype to put side by side, received ${types.map(({ dtype }) => dtype).join(', ')}; add a cast`);
  if (types.some(({ shape }) => shape.length > 1)) throw new DataError(place, `expected numbers or vectors to put side by side, received rows of shape ${types.map(({ shape }) => `[${shape.join(', ')}]`).join(', ')}`);
  return { ...first, shape: [types.reduce((width, { shape }) => width + sizeOf(shape), 0)], parsed: types.some(({ parsed }) => parsed) };
}

/** Numbers or vectors side by side, row by row. */
function join(parts: readonly NdArray[]): NdArray {
  const [first] = parts;
  if (!first || parts.length === 1) return first ?? { dtype: 'float32', shape: [0], data: new Float32Array() };
  const rows = first.shape[0] ?? 0;
  const widths = parts.map(({ shape }) => sizeOf(shape.slice(1)));
  const width = widths.reduce((sum, part) => sum + part, 0);
  const out = allocate(first.dtype, rows * width);
  let offset = 0;
  for (const [p, { data }] of parts.entries()) {
    const own = widths[p] ?? 0;
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < own; i++) out[row * width + offset + i] = data[row * own + i] as never; // one dtype: see joinedType
    offset += own;
  }
  return { dtype: first.dtype, shape: [rows, width], data: out };
}

function checkFinite(values: ColumnValues, place: (row: number) => string): void {
  if (!isArray(values) || (values.dtype !== 'float32' && values.dtype !== 'float64')) return;
  const data = values.data as Float32Array | Float64Array;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    const row = Math.floor(i / sizeOf(values.shape.slice(1)));
    throw new DataError(place(row), `expected finite numbers, received ${data[i]}; leave out or fill in such rows`);
  }
}

import { allocate, cast, sizeOf, type DType, type NdArray } from '@trainyard/ndarray';
import { refuseFault } from '../checks/examine.js';
import { findFault } from '../checks/value-rule.js';
import { DataError, listNames } from '../data-error.js';
import type { ArraySpec } from '../dataset.js';
import { describeType, type ColumnType, type NumbersType } from '../columns/column-type.js';
import { numbers, numbersOf } from '../columns/column-values.js';
import type { Table } from '../formats/table.js';
import { isFitted } from '../transforms/transform.js';
import type { Fitters, Frame, Typed } from './frame.js';
import type { BoundArray } from './steps.js';

/** What the array will be, from what its columns hold after the steps. @throws DataError when they do not fit together */
export function specOf(bound: BoundArray, types: ReadonlyMap<string, ColumnType>, table: Table): ArraySpec {
  const type = typeOf(bound, types, table);
  const [only] = bound.columns;
  const { dtype, shape } = narrow(asNumbers(type, only !== undefined && bound.columns.length === 1 ? only : bound.name));
  return { name: bound.name, dtype, shape };
}

/** What the array holds after its transforms, before it is narrowed. @throws DataError when its columns do not fit together */
export function typeOf(bound: BoundArray, types: ReadonlyMap<string, ColumnType>, table: Table): ColumnType {
  const joined = joinedType(bound.columns.map((column) => typeIn(types, column)), bound, table);
  return bound.transforms.reduce((before, { transform }) => (isFitted(transform) ? transform.typeAfter(before, bound.name) : before), joined);
}

/** The array's rows of a frame. @throws DataError that names the row and column of a value that cannot be used */
export async function rowsOf(bound: BoundArray, table: Table, frame: Frame): Promise<NdArray> {
  const { values, type } = await wholeOf(bound, table, frame);
  const array = cast(numbersOf(values), narrow(asNumbers(type, bound.name)).dtype);
  for (const rule of bound.rules ?? []) refuseFault(findFault(rule, array), rule, frame.placesOf(bound.columns));
  return array;
}

/** The array before it is narrowed. @param fitters of its transforms that are not fitted */
export async function wholeOf(bound: BoundArray, table: Table, frame: Frame, fitters?: Fitters): Promise<Typed> {
  const columns = bound.columns.map((column) => frame.taken(column));
  const type = joinedType(columns.map((column) => column.type), bound, table);
  return frame.whole(joined(columns, type), bound.columns, bound.transforms, fitters);
}

function typeIn(types: ReadonlyMap<string, ColumnType>, column: string): ColumnType {
  const type = types.get(column);
  if (!type) throw new Error(`the column ${column} was not asked for`);
  return type;
}

/** What the model takes in the end. @throws DataError for a column that is none, with what would make it one */
function asNumbers(type: ColumnType, name: string): NumbersType {
  if (type.kind === 'numbers') return type;
  const remedy = { sequences: 'add pad_sequences', text: 'add to_categorical with "classes", one_hot or tokenize', bytes: 'add decode_image' }[type.kind];
  throw new DataError(`column ${JSON.stringify(name)}`, `expected numbers, received ${describeType(type)}; ${remedy}`, { pointer: '/transforms' });
}

/** Numbers that were parsed at full precision end as Keras's floatx. */
function narrow(type: NumbersType): NumbersType {
  return type.parsed && type.dtype === 'float64' ? { ...type, dtype: 'float32' } : type;
}

/** What columns are side by side; what a single one is, as it stands. @throws DataError when they do not go together */
export function joinedType(types: readonly ColumnType[], { name, columns }: BoundArray, table: Table): ColumnType {
  const [first] = types;
  if (!first) throw new Error(`the array ${name} has no columns`);
  if (types.length === 1) return first;
  const place = `${table.name}, columns ${listNames(columns)}`;
  const all = types.map((type, i) => asNumbers(type, columns[i] ?? name));
  const dtype = commonDType(all);
  if (dtype === undefined) throw new DataError(place, `expected columns of one dtype to put side by side, received ${all.map((type) => type.dtype).join(', ')}; add a cast`);
  if (all.some(({ shape }) => shape.length > 1)) throw new DataError(place, `expected numbers or vectors to put side by side, received rows of shape ${all.map(({ shape }) => `[${shape.join(', ')}]`).join(', ')}`);
  return { kind: 'numbers', dtype, shape: [all.reduce((width, { shape }) => width + sizeOf(shape), 0)], parsed: all.every(({ parsed }) => parsed) };
}

/** The one dtype; parsed numbers, of which nobody has said a dtype, become that of the floats beside them. */
function commonDType(types: readonly NumbersType[]): DType | undefined {
  const [only, ...more] = new Set(types.map(({ dtype }) => dtype));
  if (more.length === 0) return only;
  const [said, ...others] = new Set(types.filter(({ parsed }) => !parsed).map(({ dtype }) => dtype));
  return others.length === 0 && (said === 'float32' || said === 'float64') ? said : undefined;
}

/** Numbers or vectors side by side, row by row. */
function joined(columns: readonly Typed[], type: ColumnType): Typed {
  const [only] = columns;
  if ((only && columns.length === 1) || type.kind !== 'numbers') return only as Typed;
  const parts = columns.map(({ values }) => cast(numbersOf(values), type.dtype));
  const rows = parts[0]?.shape[0] ?? 0;
  const widths = parts.map(({ shape }) => sizeOf(shape.slice(1)));
  const width = widths.reduce((sum, part) => sum + part, 0);
  const out = allocate(type.dtype, rows * width);
  let offset = 0;
  for (const [p, { data }] of parts.entries()) {
    const own = widths[p] ?? 0;
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < own; i++) out[row * width + offset + i] = data[row * own + i] as never; // one dtype: see above
    offset += own;
  }
  return { values: numbers({ dtype: type.dtype, shape: [rows, width], data: out }), type };
}

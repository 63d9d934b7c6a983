import type { RawInputs, RawRows } from '@trainyard/dataset';
import { isBinary, isPlain, jsonPointer, kindOf, type PredictorRequest } from '@trainyard/protocol';
import { wrong } from './wrong.js';

type Columns = Pick<RawInputs, 'columns' | 'knows'>;
type Row = Readonly<Record<string, unknown>>;

/**
 * The rows of a request as the job's files have them: `instances`, an object of columns each, or `inputs`, an object of
 * columns with a list each. Where inputs are made of a single column, its values will do.
 *
 * @throws ApiError that points to what is wrong.
 */
export function readRawRows(tensors: PredictorRequest['tensors'], columns: Columns): RawRows {
  if ('instances' in tensors) return byRow(tensors.instances, columns);
  if ('inputs' in tensors) return byColumn(listsOf(tensors.inputs, columns), columns);
  throw wrong('/raw', 'expected rows as JSON, received an npz archive');
}

function byRow(instances: readonly unknown[], columns: Columns): RawRows {
  const rows = instances.map((instance, row) => rowOf(instance, columns, row));
  return {
    count: instances.length,
    column: (name) => rows.map((row, i) => (row ? member(row, name) : instances[i])),
    place: (row, column) => jsonPointer(['instances', row, ...(rows[row] && columns.knows(column) ? [column] : [])]),
  };
}

/** An instance as a row; `undefined` where it is the value of a single column. `{"b64": …}` is that, unless a column is called so. */
function rowOf(instance: unknown, columns: Columns, row: number): Row | undefined {
  if (isPlain(instance) || (isBinary(instance) && columns.knows('b64'))) return ofKnown(instance as unknown as Row, columns, ['instances', row]);
  if (columns.columns.length === 1) return undefined;
  throw wrong(`/instances/${row}`, `expected an object with the columns ${listed(columns)}, received ${kindOf(instance)}`);
}

/** Lists of as many values, by the columns' names; under no name those of the only column. */
type Lists = ReadonlyMap<string | undefined, readonly unknown[]>;

function listsOf(inputs: unknown, columns: Columns): Lists {
  if (Array.isArray(inputs) && columns.columns.length === 1) return sameLength(new Map([[undefined, inputs]]));
  if (!isPlain(inputs)) throw wrong('/inputs', `expected an object with lists for the columns ${listed(columns)}, received ${kindOf(inputs)}`);
  const given = ofKnown(inputs, columns, ['inputs']);
  return sameLength(new Map(columns.columns.flatMap((name) => (Object.hasOwn(given, name) ? [[name, given[name]]] : []))));
}

function sameLength(values: ReadonlyMap<string | undefined, unknown>): Lists {
  const lists = new Map<string | undefined, readonly unknown[]>();
  for (const [name, list] of values) {
    const expected = lists.values().next().value?.length;
    const fits = Array.isArray(list) && list.length > 0 && (expected === undefined || list.length === expected);
    if (!fits) throw wrong(jsonPointer(listPath(name)), `expected a list of ${expected === undefined ? 'a value for each row' : `${expected} values, as the other columns have`}, received ${kindOf(list)}`);
    lists.set(name, list as unknown[]);
  }
  return lists;
}

function byColumn(lists: Lists, columns: Columns): RawRows {
  const count = lists.values().next().value?.length;
  if (count === undefined) throw wrong('/inputs', `expected lists for the columns ${listed(columns)}, received none`);
  const unnamed = lists.get(undefined);
  return {
    count,
    column: (name) => unnamed ?? lists.get(name) ?? Array<undefined>(count).fill(undefined),
    place: (row, column) => jsonPointer([...listPath(unnamed || !columns.knows(column) ? undefined : column), row]),
  };
}

function listPath(name: string | undefined): string[] {
  return name === undefined ? ['inputs'] : ['inputs', name];
}

/** @throws ApiError for a name that the files do not have: it is mistyped */
function ofKnown(row: Row, columns: Columns, path: readonly (string | number)[]): Row {
  const stranger = Object.keys(row).find((name) => !columns.knows(name));
  if (stranger !== undefined) throw wrong(jsonPointer([...path, stranger]), `the data that the model was trained on have no such column; its inputs are made of ${listed(columns)}`);
  return row;
}

function member(row: Row, name: string): unknown {
  return Object.hasOwn(row, name) ? row[name] : undefined;
}

function listed({ columns }: Columns): string {
  return columns.slice(0, 20).join(', ') + (columns.length > 20 ? ` and ${columns.length - 20} more` : '');
}

import type { Source } from '@trainyard/protocol';
import { DataError, listNames } from '../data-error.js';
import type { ArraySpec, DatasetArrays } from '../dataset.js';
import type { Block, ColumnRequest, Table } from '../formats/table.js';
import type { NamedTransform } from '../transforms/registry.js';
import { bindNames, bindSampleWeight, inputSide, outputSide, type Binding, type GivenBinding, type Side } from './bind-names.js';
import { rowsOf, specOf, type BoundArray } from './bound-array.js';

/** How rows of a table become rows of the dataset. */
export interface Plan {
  readonly x: readonly BoundArray[];
  readonly y: readonly BoundArray[];
  readonly sampleWeight: readonly (BoundArray | undefined)[] | undefined;
  /** The columns that are read, each once. */
  readonly requests: readonly ColumnRequest[];
}

export interface Specs {
  readonly x: readonly ArraySpec[];
  readonly y: readonly ArraySpec[];
  readonly sampleWeight: readonly (ArraySpec | undefined)[] | undefined;
}

type Fields = Pick<Source, 'x' | 'y' | 'sample_weight'>;

/**
 * @param table the first one: it tells what a source means that names no columns
 * @throws DataError with a pointer into the source
 */
export function makePlan(source: Fields, transforms: readonly NamedTransform[], inputs: readonly string[], outputs: readonly string[], table: Table): Plan {
  const sampleWeight = bindSampleWeight(source.sample_weight, outputs);
  const y = bindNames(source.y, outputs, outputSide) ?? byDefault(outputs, () => inferY(table));
  const targets = [...columnsOf(source.y), ...columnsOf(source.sample_weight)];
  const others = [...targets, ...y.flatMap(({ columns }) => columns)];
  const x = bindNames(source.x, inputs, inputSide) ?? byDefault(inputs, () => table.inferX(others));
  // Predicting from the source that a model was trained on: what is said of its targets is not looked at.
  const ignored = outputs.length === 0 ? ['y', ...targets] : [];
  const unused = new Set(transforms.filter(({ column }) => !ignored.includes(column)));
  const bind = (binding: Binding, side?: Side): BoundArray => {
    const arrays = side?.field === 'x' ? x : y;
    const names = side ? [binding.name, ...(arrays.length === 1 ? [side.field] : [])] : [];
    return bindTransforms(binding, names, transforms, unused);
  };
  const plan = { x: x.map((binding) => bind(binding, inputSide)), y: y.map((binding) => bind(binding, outputSide)), sampleWeight: sampleWeight?.map((binding) => binding && bind(binding)) };
  const [first] = unused;
  if (first) {
    const used = [...new Set([...x.flatMap(({ columns }) => columns), ...others])];
    throw new DataError('data', `the transform's column ${JSON.stringify(first.column)} is not used; expected one of ${listNames(used)}`, { pointer: first.transform.pointer });
  }
  return { ...plan, requests: requestsOf(plan) };
}

/** The specs, from the table's headers. @throws DataError */
export async function specsOf(plan: Plan, table: Table): Promise<Specs> {
  const all = (arrays: readonly BoundArray[]) => Promise.all(arrays.map((bound) => specOf(bound, table)));
  const sampleWeight = plan.sampleWeight && (await Promise.all(plan.sampleWeight.map(async (bound) => bound && specOf(bound, table))));
  return { x: await all(plan.x), y: await all(plan.y), sampleWeight };
}

/** A block's rows as the dataset's arrays. @throws DataError */
export async function applyPlan(plan: Plan, table: Table, block: Block): Promise<DatasetArrays> {
  const all = (arrays: readonly BoundArray[]) => Promise.all(arrays.map((bound) => rowsOf(bound, table, block)));
  const [x, y] = [await all(plan.x), await all(plan.y)];
  if (!plan.sampleWeight) return { x, y };
  return { x, y, sampleWeight: await Promise.all(plan.sampleWeight.map(async (bound) => bound && rowsOf(bound, table, block))) };
}

function byDefault(names: readonly string[], infer: () => readonly string[]): Binding[] {
  const [only] = names;
  // A model of several inputs finds each in the column of its name.
  if (names.length !== 1 || only === undefined) return names.map((name) => ({ name, columns: [name] }));
  return [{ name: only, columns: infer() }];
}

function columnsOf(given: GivenBinding): string[] {
  if (given === undefined) return [];
  return typeof given === 'object' ? Object.values(given).flat() : [given];
}

function inferY(table: Table): string[] {
  if (table.columnNames.includes('y')) return ['y'];
  throw new DataError(table.name, `expected targets named "y", there are ${listNames(table.columnNames)}; say which with "y"`, { pointer: '/y' });
}

/** A transform's column is one of the source's; else the model's name of what is made of several, or plainly `x` or `y`. */
function bindTransforms({ name, columns }: Binding, names: readonly string[], transforms: readonly NamedTransform[], unused: Set<NamedTransform>): BoundArray {
  const use = (mine: readonly NamedTransform[]) => {
    for (const transform of mine) unused.delete(transform);
    return mine.map(({ transform }) => transform);
  };
  const bound = columns.map((column) => {
    const mine = transforms.filter((transform) => transform.column === column);
    return { request: { name: column, text: mine[0]?.ofText ?? false }, transforms: use(mine) };
  });
  return { name, columns: bound, transforms: use(transforms.filter(({ column }) => names.includes(column) && !columns.includes(column))) };
}

function requestsOf({ x, y, sampleWeight }: Omit<Plan, 'requests'>): ColumnRequest[] {
  const requests = new Map<string, ColumnRequest>();
  for (const bound of [...x, ...y, ...(sampleWeight ?? [])]) for (const { request } of bound?.columns ?? []) requests.set(request.name, request);
  return [...requests.values()];
}

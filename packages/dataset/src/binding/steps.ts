import { DataError, listNames } from '../data-error.js';
import type { ValueRule } from '../checks/value-rule.js';
import type { Table } from '../formats/table.js';
import type { CompiledTransform, NamedFilter, NamedTransform } from '../transforms/registry.js';
import type { Binding } from './bind-names.js';

/** One change of one column, or one filter of the rows. */
export type Step = NamedTransform | NamedFilter;

/** One array of the dataset: its columns, as the steps left them, side by side; then transformed as a whole. */
export interface BoundArray {
  readonly name: string;
  readonly columns: readonly string[];
  readonly transforms: readonly NamedTransform[];
  /** What its values have to be. */
  readonly rules?: readonly ValueRule[];
}

interface Bindings {
  readonly x: readonly Binding[];
  readonly y: readonly Binding[];
  readonly sampleWeight: readonly (Binding | undefined)[];
}

/**
 * Puts each transform where its column is: one of the source's; else the model's name of what is made of several, or
 * plainly `x` or `y` for the only one. Filters may look at any column of the table.
 *
 * @param ignored names of which nothing is asked, and nothing is missed
 * @throws DataError for a transform of a column that is not used
 */
export function stepsOf(transforms: readonly CompiledTransform[], bindings: Bindings, ignored: readonly string[], table: Table): { readonly steps: Step[]; readonly bind: (binding: Binding) => BoundArray } {
  const used = [...new Set([...bindings.x, ...bindings.y, ...bindings.sampleWeight].flatMap((binding) => binding?.columns ?? []))];
  const whole = new Map<Binding, NamedTransform[]>();
  const steps: Step[] = [];
  for (const named of transforms) {
    if (!('filter' in named) && !('transform' in named)) continue;
    const { column } = named;
    const array = column === undefined || used.includes(column) ? undefined : arrayNamed(column, bindings);
    if (array && 'transform' in named && !fillsFirst(named, whole.get(array))) whole.set(array, [...(whole.get(array) ?? []), named]);
    // Missing values are those of single columns.
    else if (array) steps.push(...array.columns.map((each) => ({ ...named, column: each })));
    else if (isUsed(named, used, table)) steps.push(named);
    else if (column !== undefined && !ignored.includes(column)) throw unused(named, 'filter' in named ? table.columnNames : used);
  }
  return { steps, bind: (binding) => ({ ...binding, transforms: whole.get(binding) ?? [] }) };
}

function arrayNamed(column: string, { x, y }: Bindings): Binding | undefined {
  const side = column === 'x' ? x : column === 'y' ? y : [];
  return [...x, ...y].find(({ name }) => name === column) ?? (side.length === 1 ? side[0] : undefined);
}

function fillsFirst({ transform }: NamedTransform, before: readonly NamedTransform[] | undefined): boolean {
  return before === undefined && 'handlesMissing' in transform && transform.handlesMissing === true;
}

function isUsed(named: NamedTransform | NamedFilter, used: readonly string[], table: Table): boolean {
  if (named.column === undefined || used.includes(named.column)) return true;
  return 'filter' in named && table.columnNames.includes(named.column);
}

function unused(named: NamedTransform | NamedFilter, expected: readonly string[]): DataError {
  const { pointer } = 'filter' in named ? named.filter : named.transform;
  return new DataError('data', `the transform's column ${JSON.stringify(named.column)} is not used; expected one of ${listNames(expected)}`, { pointer });
}

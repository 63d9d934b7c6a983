import type { Fitted, Source, Transform } from '@trainyard/protocol';
import { joinedType, wholeOf } from '../binding/bound-array.js';
import { typesOf } from '../binding/column-types.js';
import { Frame, type Fitters, type RowRandom } from '../binding/frame.js';
import { makePlan, type Plan } from '../binding/plan.js';
import type { BoundArray } from '../binding/steps.js';
import { tableEnd } from '../binding/table-end.js';
import { withRules } from '../checks/rules-of-plan.js';
import type { ColumnType } from '../columns/column-type.js';
import { DataError } from '../data-error.js';
import type { ReadOptions } from '../dataset.js';
import type { Table } from '../formats/table.js';
import type { ModelNames } from '../open-dataset.js';
import { compileTransforms } from '../transforms/registry.js';
import { isFitted, type Fitter, type UnfittedTransform } from '../transforms/transform.js';
import { withFitted } from './fitted.js';
import { nextFitting, type Fitting } from './next-fitting.js';

/** A plan of which every transform has its arguments, and what of them was learnt. */
export interface FittedPlan {
  readonly plan: Plan;
  readonly fitted: Fitted;
}

/**
 * The plan of a source.
 * @param known what was learnt from the data that the model is trained on; `undefined` for these data themselves: then
 * they are read, as often as transforms that have to be fitted follow each other in one column
 * @throws DataError
 */
export async function fittedPlan(source: Source, names: ModelNames, tables: readonly [Table, ...Table[]], known: Fitted | undefined, options: ReadOptions = {}): Promise<FittedPlan> {
  const [first] = tables;
  let fitted = known ?? { transforms: [] };
  for (;;) {
    const plan = await makePlan(source, compileTransforms(withFitted(source.transforms, fitted)), names.inputs, names.outputs, first);
    const fitting = nextFitting(plan);
    if (!fitting) return { plan: withRules(plan, names.rules), fitted };
    if (known) throw notFitted(fitting);
    const learnt = await fitOnce(fitting, tables, options);
    fitted = { ...fitted, transforms: [...fitted.transforms, ...fitting.targets.flatMap(({ index, transform }) => pair(source.transforms[index], learnt.get(transform as UnfittedTransform)))] };
  }
}

function pair(given: Transform | undefined, fitter: Fitter | undefined): Fitted['transforms'] {
  return given && fitter ? [{ given, fitted: fitter.result() }] : [];
}

function notFitted({ targets }: Fitting): DataError {
  return new DataError('data', 'nothing is fitted on these data: expected an equal transform of the data that the model is trained on, to take what that one has learnt, or all arguments', { pointer: targets[0]?.transform.pointer ?? '/transforms' });
}

/** One pass over all rows. */
async function fitOnce(fitting: Fitting, tables: readonly [Table, ...Table[]], { signal, onRows }: ReadOptions): Promise<Fitters> {
  const fitters = await fittersOf(fitting, tables[0]);
  for (const table of tables) {
    for await (const block of table.read(fitting.requests, 0, await tableEnd(table, fitting.requests), signal)) {
      signal?.throwIfAborted();
      const frame = await Frame.of(fitting.requests, table, block, nothingRandom);
      await frame.run(fitting.steps, fitters);
      for (const bound of fitting.arrays) await wholeOf(bound, table, frame, fitters);
      onRows?.(block.rows);
    }
  }
  return fitters;
}

/** @throws DataError when a transform does not fit what its column holds */
async function fittersOf({ steps, arrays, requests }: Fitting, table: Table): Promise<Fitters> {
  const fitters = new Map<UnfittedTransform, Fitter>();
  const types = await typesOf(requests, table);
  const follow = (type: ColumnType, name: string, { transform }: { transform: BoundArray['transforms'][number]['transform'] }): ColumnType => {
    if (isFitted(transform)) return transform.typeAfter(type, name);
    fitters.set(transform, transform.fitter(type, name));
    return type;
  };
  for (const step of steps) {
    const type = step.column === undefined ? undefined : types.get(step.column);
    if ('filter' in step) step.filter.check(type, step.column ?? '');
    else if (type) types.set(step.column, follow(type, step.column, step));
  }
  for (const bound of arrays) {
    const columns = bound.columns.flatMap((column) => types.get(column) ?? []);
    bound.transforms.reduce((type, step) => follow(type, bound.name, step), joinedType(columns, bound, table));
  }
  return fitters;
}

/** What is learnt is learnt from the rows as they are, and not from what chance makes of them. */
const nothingRandom: RowRandom = () => {
  throw new Error('a transform at random was asked of rows that others are fitted on');
};

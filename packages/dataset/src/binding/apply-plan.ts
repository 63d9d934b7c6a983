import type { ArraySpec, DatasetArrays } from '../dataset.js';
import type { Block, Table } from '../formats/table.js';
import { rowsOf, specOf } from './bound-array.js';
import { typesAfter, typesOf } from './column-types.js';
import { Frame, type RowRandom } from './frame.js';
import type { Plan } from './plan.js';
import type { BoundArray } from './steps.js';

export interface Specs {
  readonly x: readonly ArraySpec[];
  readonly y: readonly ArraySpec[];
  readonly sampleWeight: readonly (ArraySpec | undefined)[] | undefined;
}

/** The specs, from the table's headers. @throws DataError */
export async function specsOf(plan: Plan, table: Table): Promise<Specs> {
  const types = typesAfter(plan.steps, await typesOf(plan.requests, table));
  const spec = (bound: BoundArray) => specOf(bound, types, table);
  return { x: plan.x.map(spec), y: plan.y.map(spec), sampleWeight: plan.sampleWeight?.map((bound) => bound && spec(bound)) };
}

/** The rows of a block that the filters keep, as the dataset's arrays: there may be none. @throws DataError */
export async function applyPlan(plan: Plan, table: Table, block: Block, random: RowRandom): Promise<DatasetArrays> {
  const frame = await Frame.of(plan.requests, table, block, random);
  await frame.run(plan.steps);
  const all = (arrays: readonly BoundArray[]) => Promise.all(arrays.map((bound) => rowsOf(bound, table, frame)));
  const [x, y] = [await all(plan.x), await all(plan.y)];
  if (!plan.sampleWeight) return { x, y };
  return { x, y, sampleWeight: await Promise.all(plan.sampleWeight.map(async (bound) => bound && rowsOf(bound, table, frame))) };
}

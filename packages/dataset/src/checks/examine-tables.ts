import { rowsOf } from '../binding/bound-array.js';
import { Frame, type RowRandom } from '../binding/frame.js';
import type { Plan } from '../binding/plan.js';
import { tableEnd } from '../binding/table-end.js';
import type { ReadOptions } from '../dataset.js';
import type { Table } from '../formats/table.js';
import { Oddities, type DataWarning } from './examine.js';
import { onlyRuled } from './rules-of-plan.js';

/**
 * Reads the arrays of a plan that have rules, and no other columns than these need, until `rows` rows have been seen.
 * @returns what is odd about them
 * @throws DataError with the place of a value that cannot be used
 */
export async function examineTables(plan: Plan, tables: readonly Table[], { rows, signal, onRows }: ReadOptions & { readonly rows: number }): Promise<DataWarning[]> {
  const oddities = new Oddities();
  const ruled = onlyRuled({ ...plan, x: plan.random === undefined ? plan.x : [] });
  if (!ruled) return [];
  let seen = 0;
  for (const table of tables) {
    for await (const block of table.read(ruled.requests, 0, await tableEnd(table, ruled.requests), signal)) {
      signal?.throwIfAborted();
      const frame = await Frame.of(ruled.requests, table, block, nothingRandom);
      await frame.run(ruled.steps);
      for (const bound of [...ruled.x, ...ruled.y]) oddities.look(bound.rules ?? [], await rowsOf(bound, table, frame), frame.placesOf(bound.columns));
      onRows?.(block.rows);
      seen += block.rows;
      if (seen >= rows) return oddities.warnings;
    }
  }
  return oddities.warnings;
}

/** Random changes are those of images, which no rule is about: the inputs that have them are left out. */
const nothingRandom: RowRandom = () => {
  throw new Error('a transform at random was asked of rows that are examined');
};

import type { ColumnType } from '../columns/column-type.js';
import type { ColumnRequest, Table } from '../formats/table.js';
import { isFitted } from '../transforms/transform.js';
import type { Step } from './steps.js';

/** What the table's columns hold before any step. @throws DataError when a column cannot be read as asked */
export async function typesOf(requests: readonly ColumnRequest[], table: Table): Promise<Map<string, ColumnType>> {
  const types = await Promise.all(requests.map(async (request) => [request.name, (await table.column(request)).type] as const));
  return new Map(types);
}

/**
 * What the columns hold after the steps.
 * @param types what they hold before them
 * @throws DataError when a step does not fit
 */
export function typesAfter(steps: readonly Step[], types: ReadonlyMap<string, ColumnType>): Map<string, ColumnType> {
  const after = new Map(types);
  for (const step of steps) {
    const type = step.column === undefined ? undefined : after.get(step.column);
    if ('filter' in step) step.filter.check(type, step.column ?? '');
    else if (type && isFitted(step.transform)) after.set(step.column, step.transform.typeAfter(type, step.column));
  }
  return after;
}

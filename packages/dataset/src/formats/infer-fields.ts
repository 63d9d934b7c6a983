import type { ColumnType } from '../columns/column-type.js';
import { DataError, listNames } from '../data-error.js';

/**
 * The columns that are taken for x where a source names none, of tables whose columns have names and types of their own:
 * `x` where there is one; else all that hold one number a row; else the only one that is left.
 * @param typeOf throws DataError for a column that cannot be read; such a column is not chosen
 * @throws DataError where that does not tell
 */
export function inferFields(table: string, names: readonly string[], others: readonly string[], typeOf: (name: string) => ColumnType): readonly string[] {
  if (names.includes('x')) return ['x'];
  const rest = names.filter((name) => name !== '' && !others.includes(name));
  const single = rest.filter((name) => isNumber(name, typeOf));
  if (single.length > 0) return single;
  if (rest.length === 1) return rest;
  throw new DataError(table, `expected columns of numbers for x, there are ${listNames(names)}; name them with "x"`, { pointer: '/x' });
}

function isNumber(name: string, typeOf: (name: string) => ColumnType): boolean {
  try {
    const type = typeOf(name);
    return type.kind === 'numbers' && type.shape.length === 0 && type.dtype !== 'bool';
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
}

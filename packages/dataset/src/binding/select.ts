import { DataError, listNames } from '../data-error.js';
import type { Table } from '../formats/table.js';
import type { CompiledTransform, Selection } from '../transforms/registry.js';
import type { GivenBinding } from './bind-names.js';

/**
 * What x is made of by the source's `select`; `undefined` where it has none.
 * @param others columns that are used otherwise
 * @throws DataError when x is named too, or nothing matches
 */
export function selectedColumns(transforms: readonly CompiledTransform[], x: GivenBinding, inputs: readonly string[], others: readonly string[], table: Table): readonly string[] | undefined {
  const [selection, second] = transforms.filter((transform) => 'columns' in transform);
  if (!selection) return undefined;
  const fault = (problem: string, { pointer } = selection) => new DataError('data', problem, { pointer });
  if (second) throw fault('expected one select, received two', second);
  if (x !== undefined) throw fault('x names its columns already; leave out x or select');
  if (inputs.length > 1) throw fault(`expected a model of one input, this has ${inputs.length} (${listNames(inputs)}); name the columns of each with "x"`);
  const except = new Set(selection.except.flatMap((pattern) => matching(pattern, selection, table)));
  const columns = selection.columns?.flatMap((pattern) => matching(pattern, selection, table));
  const wanted = columns ?? table.inferX([...others, ...except]);
  const left = [...new Set(wanted)].filter((name) => !except.has(name) && !others.includes(name));
  if (left.length === 0) throw fault('expected columns for x, none is left');
  return left;
}

/** The columns that a name or a pattern with `*` means, in the table's order. @throws DataError when there is none */
function matching(pattern: string, { pointer }: Selection, table: Table): string[] {
  const parts = pattern.split('*');
  const found = table.columnNames.includes(pattern) ? [pattern] : parts.length > 1 ? table.columnNames.filter((name) => matches(name, parts)) : [];
  if (found.length > 0) return found;
  throw new DataError(table.name, `there is no column ${JSON.stringify(pattern)}; there are ${listNames(table.columnNames)}`, { pointer });
}

/** Whether a name consists of the parts with anything between them. */
function matches(name: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

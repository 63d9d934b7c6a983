import { DataError } from '../data-error.js';
import type { ColumnRequest, Table } from '../formats/table.js';
import type { BoundArray, Step } from './steps.js';

/**
 * The columns that are read, each once, and how: what comes first of a column says whether as words or as numbers; where
 * nothing does, a column that becomes an array is numbers.
 */
export async function requestsOf(arrays: readonly BoundArray[], steps: readonly Step[], table: Table): Promise<ColumnRequest[]> {
  const used = new Set(arrays.flatMap(({ columns }) => columns));
  const looked = steps.flatMap(({ column }) => column ?? []);
  const names = [...new Set([...used, ...looked])];
  return Promise.all(
    names.map(async (name) => {
      const mine = steps.filter(({ column }) => column === name);
      const missing = mine.some((step) => handlesMissing(step)) ? ('mark' as const) : ('error' as const);
      const reading = mine.find((step) => step.reading !== 'either')?.reading;
      const text = reading === 'words' || (reading === undefined && !used.has(name) && (await holdsWords(name, missing, table)));
      return { name, text, missing };
    }),
  );
}

function handlesMissing(step: Step): boolean {
  const change = 'filter' in step ? step.filter : step.transform;
  return 'handlesMissing' in change && change.handlesMissing === true;
}

/** Of a column that is only looked at, as it stands in the file: whether it can be read as words. */
async function holdsWords(name: string, missing: ColumnRequest['missing'], table: Table): Promise<boolean> {
  try {
    return (await table.column({ name, text: true, missing })).type.kind === 'text';
  } catch (error) {
    if (error instanceof DataError) return false; // asked for as numbers, it says what is wrong if anything is
    throw error;
  }
}

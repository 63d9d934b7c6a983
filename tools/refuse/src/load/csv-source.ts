import { gunzipSync } from 'node:zlib';

import { parse } from 'csv-parse/sync';

/** What a job would say of a csv: its columns of numbers are one input, each column of classes' names another. */
export interface CsvSource {
  readonly x: Readonly<Record<string, string | string[]>>;
  readonly transforms: readonly { readonly to_categorical: { readonly column: string; readonly classes: readonly string[] } }[];
}

/** Decompressed text that is looked at for names of classes. */
const MAX_TEXT = 4 * 1024 * 1024;

export function csvSource(columns: readonly string[], bytes: Buffer, suffix: string): CsvSource {
  const classes = classesOf(columns, bytes, suffix);
  const numbers = columns.filter((column) => column !== '' && !classes.has(column));
  return {
    x: { ...(numbers.length > 0 && { numbers }), ...Object.fromEntries([...classes.keys()].map((column, i) => [`class_${i}`, column])) },
    transforms: [...classes].map(([column, names]) => ({ to_categorical: { column, classes: names } })),
  };
}

/**
 * The columns that hold names of classes: words in every row, one of them at least twice. A word anywhere else is a fault
 * that the reader has to find, so such a column counts as one of numbers.
 */
function classesOf(columns: readonly string[], bytes: Buffer, suffix: string): Map<string, string[]> {
  const rows = tryToParse(bytes, suffix)?.slice(1) ?? [];
  const found = new Map<string, string[]>();
  for (const [i, column] of columns.entries()) {
    const values = rows.map((row) => row[i] ?? '');
    const names = [...new Set(values)];
    if (names.length < values.length && names.every((name) => /^[A-Za-z][\w .-]*$/.test(name) && !/^(nan|na|null|none|inf(inity)?)$/i.test(name))) found.set(column, names);
  }
  return found;
}

function tryToParse(bytes: Buffer, suffix: string): string[][] | undefined {
  try {
    const text = suffix.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: MAX_TEXT }) : bytes;
    return text.length > MAX_TEXT ? undefined : parse(text, { bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch {
    return undefined; // the reader under test says what is wrong
  }
}

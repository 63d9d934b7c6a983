import { readFile } from 'node:fs/promises';
import path from 'node:path';

const name = 'penguins.csv';

/** @returns {Promise<Map<string, Uint8Array>>} the table that make.py took out of its package. */
export const makeData = async () => new Map([[name, await readFile(path.join(import.meta.dirname, name))]]);

/** Some of its rows, as a predict call with `raw` takes them. */
export function rawRows(files, count) {
  const [columns, ...rows] = String(files.get(name)).trimEnd().split('\n').map((line) => line.split(','));
  const whole = rows.filter((row) => !row.includes('NA'));
  return whole.slice(0, count).map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}

import { ImageOptions, type Source } from '@trainyard/protocol';
import { DataError, listNames } from '../../data-error.js';
import { textsOf } from '../../columns/column-values.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { CsvTable } from '../csv/csv-table.js';
import { byCodePoints, type ImageRow, type ImageRows } from './image-rows.js';

/** All of them are in memory, some hundred bytes each. */
const maxRows = 2_000_000;

/**
 * The rows that a csv lists: paths as seen from where it lies, and labels.
 * @param files the source's, among which the paths lead
 * @throws DataError that names the csv's row
 */
export async function csvRows(csv: ShardFile, files: readonly ShardFile[], source: Source): Promise<ImageRows> {
  const { x_col: paths, y_col: labels, class_mode } = source.images ?? ImageOptions.parse({});
  const table = await CsvTable.open(csv, source);
  for (const [column, field] of [[paths, 'x_col'], ...(class_mode === null ? [] : [[labels, 'y_col']])] as const)
    if (!table.columnNames.includes(column ?? ''))
      throw new DataError(csv.name, `expected a column ${JSON.stringify(column)}, there are ${listNames(table.columnNames)}; name it with "${field}", or leave the csv out with a glob such as "**/*.jpg"`, { pointer: `/images/${field}` });
  const labelled = class_mode !== null;
  const rows = await rowsOf(table, files, paths, labelled ? labels : undefined);
  return {
    rows,
    labelled,
    sorted: sortedLabels,
    labelPlace: (row) => table.place(row, labels),
    rowPlace: (row) => `${table.place(row, paths)} (${rows[row]?.file.name})`,
  };
}

async function rowsOf(table: CsvTable, files: readonly ShardFile[], paths: string, labels: string | undefined): Promise<ImageRow[]> {
  const byName = new Map(files.map((file) => [file.name, file]));
  const folder = table.name.slice(0, table.name.lastIndexOf('/') + 1);
  const rows: ImageRow[] = [];
  const requests = [paths, ...(labels === undefined ? [] : [labels])].map((name) => ({ name, text: true, missing: 'error' as const }));
  for await (const block of table.read(requests, 0, maxRows + 1)) {
    const label = labels === undefined ? undefined : block.columns.get(labels);
    const named = block.columns.get(paths);
    for (const [i, path] of (named ? textsOf(named) : []).entries()) {
      const name = withoutDots(folder + path.trim());
      const file = byName.get(name);
      if (!file) throw new DataError(table.place(block.firstRow + i, paths), `there is no file ${JSON.stringify(name)} among the source's; upload it, or name its folder with "uri"`);
      rows.push({ file, label: label && textsOf(label)[i]?.trim() });
    }
    if (rows.length > maxRows) throw new DataError(table.name, `expected at most ${maxRows} rows, received more; split the images, or keep them in TFRecords`);
  }
  return rows;
}

/** `files/lists/../a/./b.jpg` → `files/a/b.jpg` */
function withoutDots(path: string): string {
  const left: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && left.length > 0 && left.at(-1) !== '..') left.pop();
    else if (part !== '.') left.push(part);
  }
  return left.join('/');
}

/** Labels that all are whole numbers by what they are worth: 10 comes after 9, as whoever numbered the classes meant. */
function sortedLabels(labels: readonly string[]): string[] {
  if (labels.every((label) => /^(0|[1-9]\d{0,14})$/.test(label))) return [...labels].sort((a, b) => Number(a) - Number(b));
  return byCodePoints(labels);
}

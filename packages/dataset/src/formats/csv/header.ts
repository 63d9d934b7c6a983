import { DataError, listNames } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { isNumber } from './numbers.js';
import type { CsvSyntax } from './syntax.js';

/** More of them are no table: a header of 16 MiB could name millions. */
const maxColumns = 100_000;

/**
 * The columns' names: those given, those of the header, or without either `0`, `1`, … as pandas counts.
 * @param first the first record of the file; undefined where it has none
 */
export function columnNamesOf(file: ShardFile, syntax: CsvSyntax, first: readonly string[] | undefined): readonly string[] {
  if (!first) throw new DataError(file.name, `expected ${syntax.header ? 'a header line' : 'at least one row'}, received an empty file`);
  const names = syntax.columns ?? (syntax.header ? namesInFile(file, first) : first.map((_, i) => String(i)));
  if (first.length > maxColumns) throw new DataError(`${file.name}, header`, `expected at most ${maxColumns} columns, received ${first.length}; keep vectors in one array of an .npz`);
  if (names.length !== first.length)
    throw new DataError(file.name, `expected ${names.length} columns, as "columns" names, received ${first.length}: ${listNames(first)}`, { pointer: '/csv/columns' });
  const stranger = Object.keys(syntax.dtypes).find((name) => !names.includes(name));
  if (stranger !== undefined) throw new DataError(file.name, `there is no column ${JSON.stringify(stranger)} to have a dtype; there are ${listNames(names)}`, { pointer: '/csv/dtypes' });
  return names;
}

function namesInFile(file: ShardFile, header: readonly string[]): readonly string[] {
  const names = header.map((name) => name.trim());
  const seen = new Set<string>();
  const double = names.find((name) => name !== '' && seen.size === seen.add(name).size);
  const place = `${file.name}, header`;
  if (double !== undefined) throw new DataError(place, `expected columns of different names, received ${JSON.stringify(double)} twice`);
  const own = names.find((name) => name in Object.prototype);
  if (own !== undefined) throw new DataError(place, `expected columns' names, received ${JSON.stringify(own)}, which programs take for something else; give the column another name`);
  if (names.every(isNumber))
    throw new DataError(place, `expected a first line with the columns' names, received the numbers ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}; add one, or give "csv": {"header": false}`, { pointer: '/csv/header' });
  return names;
}

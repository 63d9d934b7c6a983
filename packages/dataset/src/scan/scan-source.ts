import type { DatasetScan, Source } from '@trainyard/protocol';
import { describeType } from '../columns/column-type.js';
import { DataError } from '../data-error.js';
import type { Shard } from '../dataset.js';
import type { Format } from '../formats/format.js';
import { formatNamed, formatOfNames } from '../formats/registry.js';
import type { ColumnRequest, Table } from '../formats/table.js';
import { findShards, type ResolvedUri } from '../shards/find-shards.js';
import { defaultRetryPolicy, type RetryPolicy } from '../shards/retry.js';
import { ColumnScanner } from './column-scanner.js';
import { FirstRows } from './first-rows.js';

export interface ScanOptions {
  resolve(uri: string): ResolvedUri;
  readonly retry?: RetryPolicy;
  readonly signal?: AbortSignal;
  /** Called after each block, with what has been read by then. */
  readonly onProgress?: (progress: { shards: number; ofShards: number; rows: number }) => void;
}

/** What a scan found, and the shards that it read. */
export interface SourceScan {
  readonly scan: DatasetScan;
  readonly shards: readonly Shard[];
}

/**
 * Reads all rows of a source once, and tells what its columns hold before any transform: those that the source names for x
 * and y, or all of them where it does not name both. Holds no more than a few blocks in memory.
 * @throws DataError, ObjectStoreUnavailableError when storage stays away after retries, the signal's reason
 */
export async function scanSource(source: Source, options: ScanOptions): Promise<SourceScan> {
  const { signal, onProgress } = options;
  const files = await findShards([source.uri].flat(), (uri) => options.resolve(uri), options.retry ?? defaultRetryPolicy);
  const format: Format = source.format ? formatNamed(source.format) : formatOfNames(files.map(({ name }) => name));
  const groups = format.group(files);
  const first = new FirstRows();
  let scanners: readonly ColumnScanner[] | undefined;
  let firstTable: Table | undefined;
  let [rows, shards] = [0, 0];
  for (const group of groups) {
    const table = await format.open(group, source, firstTable);
    firstTable ??= table;
    const requests = requestsOf(source, table);
    const end = await describeColumns(table, requests, scanners);
    scanners ??= await Promise.all(requests.map(async (request) => new ColumnScanner(request.name, (await table.column(request)).type)));
    for await (const block of table.read(requests, 0, end, signal)) {
      signal?.throwIfAborted();
      first.add(block);
      for (const scanner of scanners) {
        const values = block.columns.get(scanner.name);
        if (values) scanner.add(values, block.missing?.get(scanner.name), (row) => table.place(block.firstRow + row, scanner.name));
      }
      rows += block.rows;
      onProgress?.({ shards, ofShards: files.length, rows });
    }
    shards += group.length;
    onProgress?.({ shards, ofShards: files.length, rows });
  }
  if (rows === 0) throw new DataError(files[0]?.name ?? 'data', 'expected at least one row, received none');
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const scan = { format: format.name, shards: files.length, bytes, rows, columns: (scanners ?? []).map((scanner) => scanner.result()), first_rows: first.rows };
  return { scan, shards: files.map(({ shard }) => shard) };
}

function requestsOf({ x, y, sample_weight }: Source, table: Table): ColumnRequest[] {
  const named = (given: Source['x']): string[] => (typeof given === 'object' && !Array.isArray(given) ? Object.values(given).flat() : [given ?? []].flat());
  const names = x === undefined || y === undefined ? table.columnNames : [...new Set([...named(x), ...named(y), ...named(sample_weight)])];
  return names.filter((name) => name !== '').map((name) => ({ name, text: false, missing: 'mark' as const }));
}

/**
 * The table's number of rows, or Infinity.
 * @throws DataError when its columns are not those of the tables before, or not of one length
 */
async function describeColumns(table: Table, requests: readonly ColumnRequest[], before: readonly ColumnScanner[] | undefined): Promise<number> {
  const columns = await Promise.all(requests.map((request) => table.column(request)));
  for (const { name, type } of columns) {
    const known = before?.find((scanner) => scanner.name === name);
    if (before && !known) throw new DataError(table.name, `expected the columns of the files before it, received ${JSON.stringify(name)} too; name the columns with "x" and "y"`);
    if (known && describeType(known.type) !== describeType(type)) throw new DataError(table.name, `expected ${JSON.stringify(name)} as in the files before it: ${describeType(known.type)}, received ${describeType(type)}`);
  }
  const [first] = columns;
  const other = columns.find(({ rows }) => rows !== first?.rows);
  if (first && other) throw new DataError(table.name, `expected arrays of as many rows as each other, received ${JSON.stringify(first.name)} with ${first.rows} and ${JSON.stringify(other.name)} with ${other.rows}; name those that belong together with "x" and "y"`);
  return first?.rows ?? Infinity;
}

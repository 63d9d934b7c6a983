import type { Source } from '@trainyard/protocol';
import { bindNames, bindSampleWeight, inputSide, outputSide } from './binding/bind-names.js';
import { makePlan, specsOf, type Plan, type Specs } from './binding/plan.js';
import { DataError } from './data-error.js';
import type { ArraySpec, Dataset } from './dataset.js';
import type { Format } from './formats/format.js';
import { formatNamed, formatOfNames } from './formats/registry.js';
import type { Column, Table } from './formats/table.js';
import { mapConcurrently } from './map-concurrently.js';
import { isGlob } from './shards/glob.js';
import { findShards, type ResolvedUri } from './shards/find-shards.js';
import { defaultRetryPolicy, type RetryPolicy } from './shards/retry.js';
import type { TableRows } from './stream/pieces.js';
import { TableDataset } from './table-dataset.js';
import { compileTransforms } from './transforms/registry.js';

/** The model's names, in its order. No outputs: targets are not looked at, as for predict. */
export interface ModelNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface OpenOptions extends ModelNames {
  /** Where a URI of the source leads: a key, a prefix or a glob within a store. */
  resolve(uri: string): ResolvedUri;
  /** What to do when storage is unavailable. Half a minute of retries by default. */
  readonly retry?: RetryPolicy;
}

/**
 * Checks what can be checked of a source without looking at its data.
 * @throws DataError with a pointer into the source
 */
export function checkSource(source: Source, { inputs, outputs }: ModelNames): void {
  if (source.format) formatNamed(source.format);
  else checkSuffixes([source.uri].flat());
  bindNames(source.x, inputs, inputSide);
  bindNames(source.y, outputs, outputSide);
  bindSampleWeight(source.sample_weight, outputs);
  compileTransforms(source.transforms);
}

/** Of what is named itself, not by a glob or a prefix, the format is known before any file is looked at. */
function checkSuffixes(uris: readonly string[]): void {
  const files = uris.filter((uri) => !isGlob(uri) && !uri.endsWith('/'));
  if (files.length > 0) formatOfNames(files);
}

/**
 * Finds a source's shards, pins them by their ETags, and reads their headers: names, shapes, dtypes, rows.
 * @throws DataError when the source does not fit the data or the model; ObjectStoreUnavailableError after retries
 */
export async function openDataset(source: Source, options: OpenOptions): Promise<Dataset> {
  checkSource(source, options);
  const files = await findShards([source.uri].flat(), (uri) => options.resolve(uri), options.retry ?? defaultRetryPolicy);
  const format: Format = source.format ? formatNamed(source.format) : formatOfNames(files.map(({ name }) => name));
  const tables = await format.open(files);
  const [first] = tables;
  if (!first) throw new DataError('data', 'expected at least one file, received none', { pointer: '/uri' });
  const plan = makePlan(source, compileTransforms(source.transforms), options.inputs, options.outputs, first);
  const specs = await specsOf(plan, first);
  const rows = await mapConcurrently(tables, (table) => inspect(table, plan, specs, first));
  if (rows.every((table) => table.rows === 0)) throw new DataError(first.name, 'expected at least one row, received none');
  return new TableDataset(files.map(({ shard }) => shard), plan, specs, rows);
}

/**
 * The names of the arrays or columns that the files hold, in their order, as the first file tells: what `x` and `y` may name.
 * @throws DataError
 */
export async function columnNames(uris: readonly string[], resolve: OpenOptions['resolve'], retry: RetryPolicy = defaultRetryPolicy): Promise<readonly string[]> {
  const files = await findShards(uris, resolve, retry);
  const [first] = await formatOfNames(files.map(({ name }) => name)).open(files);
  return first?.columnNames ?? [];
}

async function inspect(table: Table, plan: Plan, specs: Specs, first: Table): Promise<TableRows> {
  if (table !== first) compareSpecs(table, await specsOf(plan, table), first, specs);
  const columns = await Promise.all(plan.requests.map((request) => table.column(request)));
  return { table, seekable: await table.seekable(plan.requests), rows: commonRows(table, columns) };
}

/** @throws DataError when columns differ in their number of rows */
function commonRows(table: Table, columns: readonly Column[]): number | undefined {
  const [first] = columns;
  const other = columns.find(({ rows }) => rows !== first?.rows);
  if (first && other) throw new DataError(table.name, `expected arrays of as many rows as each other, received ${JSON.stringify(first.name)} with ${first.rows} and ${JSON.stringify(other.name)} with ${other.rows}`);
  return first?.rows;
}

/** @throws DataError when a later table holds something else than the first */
function compareSpecs(table: Table, specs: Specs, first: Table, expected: Specs): void {
  const all = ({ x, y, sampleWeight }: Specs) => [...x, ...y, ...(sampleWeight ?? [])];
  const others = all(specs);
  for (const [i, spec] of all(expected).entries()) {
    const other = others[i];
    if (spec && other && describe(spec) !== describe(other))
      throw new DataError(table.name, `expected ${spec.name} as in ${first.name}: ${describe(spec)}, received ${describe(other)}`);
  }
}

function describe({ dtype, shape }: ArraySpec): string {
  return `${dtype} rows of shape [${shape.join(', ')}]`;
}

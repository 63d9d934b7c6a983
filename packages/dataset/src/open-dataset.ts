import type { Fitted, Source } from '@trainyard/protocol';
import { bindNames, bindSampleWeight, inputSide, outputSide } from './binding/bind-names.js';
import { classNamesOf } from './binding/class-names.js';
import { specsOf, type Specs } from './binding/apply-plan.js';
import { lookupsOf } from './binding/lookups.js';
import type { Plan } from './binding/plan.js';
import type { ValueRules } from './checks/rules-of-plan.js';
import { DataError } from './data-error.js';
import type { ArraySpec, Dataset, ReadOptions, Shard } from './dataset.js';
import { fittedPlan } from './fitting/fit.js';
import { withFitted } from './fitting/fitted.js';
import type { Format } from './formats/format.js';
import { withKnownClasses } from './formats/images/classes.js';
import { checkOptions, formatNamed, formatOfNames } from './formats/registry.js';
import type { Column, Table } from './formats/table.js';
import { mapConcurrently } from './map-concurrently.js';
import { inputRecipeOf } from './raw/input-recipe.js';
import { isGlob } from './shards/glob.js';
import { findShards, type ResolvedUri } from './shards/find-shards.js';
import { pinnedShards } from './shards/pinned-shards.js';
import { defaultRetryPolicy, type RetryPolicy } from './shards/retry.js';
import type { TableRows } from './stream/pieces.js';
import { recipeOf } from './stream/readers/recipe.js';
import { TableDataset } from './table-dataset.js';
import { compileTransforms } from './transforms/registry.js';

/** The model's names, in its order. No outputs: targets are not looked at, as for predict. */
export interface ModelNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** What their values have to be: rows are checked as they are read. */
  readonly rules?: ValueRules | undefined;
}

/** `signal` and `onRows` are of a pass over the data that learns. */
export interface OpenOptions extends ModelNames, ReadOptions {
  /** Where a URI of the source leads: a key, a prefix or a glob within a store. */
  resolve(uri: string): ResolvedUri;
  /** What to do when storage is unavailable. Half a minute of retries by default. */
  readonly retry?: RetryPolicy;
  /**
   * What was learnt from the data that the model is trained on: for validation, prediction and later attempts. Without it
   * these are those data, and what transforms lack is learnt from them now.
   */
  readonly fitted?: Fitted | undefined;
  /** The source's files as they were found before: for later attempts, and those of a dataset. They are listed anew without it. */
  readonly shards?: readonly Shard[] | undefined;
}

/**
 * Checks what can be checked of a source without looking at its data.
 * @throws DataError with a pointer into the source
 */
export function checkSource(source: Source, { inputs, outputs }: ModelNames): void {
  const format = source.format ? formatNamed(source.format) : formatOfUris([source.uri].flat());
  if (format) checkOptions(format, source);
  bindNames(source.x, inputs, inputSide);
  bindNames(source.y, outputs, outputSide);
  bindSampleWeight(source.sample_weight, outputs);
  compileTransforms(source.transforms);
}

/** Of what is named itself, not by a glob or a prefix, the format is known before any file is looked at. */
function formatOfUris(uris: readonly string[]): Format | undefined {
  const files = uris.filter((uri) => !isGlob(uri) && !uri.endsWith('/'));
  const format = files.length > 0 ? formatOfNames(files) : undefined;
  return format?.name === 'csv' && files.length < uris.length ? undefined : format; // it may list the images of the others
}

/**
 * Finds a source's shards, pins them by their ETags, and reads their headers: names, shapes, dtypes, rows. Where
 * transforms have to be fitted and nothing is given that was, reads all rows too.
 * @throws DataError when the source does not fit the data or the model; ObjectStoreUnavailableError after retries
 */
export async function openDataset(source: Source, options: OpenOptions): Promise<Dataset> {
  checkSource(source, options);
  const { retry = defaultRetryPolicy } = options;
  const resolve = (uri: string): ResolvedUri => options.resolve(uri);
  const files = options.shards ? pinnedShards(options.shards, resolve, retry) : await findShards([source.uri].flat(), resolve, retry);
  const format: Format = source.format ? formatNamed(source.format) : formatOfNames(files.map(({ name }) => name));
  checkOptions(format, source);
  const [group, ...others] = format.group(files);
  if (!group) throw new DataError('data', 'expected at least one file, received none', { pointer: '/uri' });
  const numbered = format.name === 'images' ? withKnownClasses(source, options.fitted) : source;
  const first = await format.open(group, numbered);
  const following = await mapConcurrently(others, (other) => format.open(other, numbered, first));
  const learnt = await fittedPlan(source, options, [first, ...following], options.fitted, options);
  const { plan } = learnt;
  const fitted = first.classes ? { ...learnt.fitted, classes: [...first.classes] } : learnt.fitted;
  const specs = await specsOf(plan, first);
  const rows = await mapConcurrently([first, ...following], (table) => inspect(table, plan, specs, first));
  if (rows.every((table) => table.rows === 0)) throw new DataError(first.name, 'expected at least one row, received none');
  const { inputs, outputs, rules } = options;
  const lookups = await lookupsOf(plan, [first, ...following]);
  const inputRecipe = await inputRecipeOf(source, format.name, plan, first);
  const classes = classNamesOf(plan, withFitted(source.transforms, fitted), format.name, first.classes);
  const recipe = format.oneThread ? undefined : recipeOf({ source: numbered, inputs, outputs, rules, fitted, lookups, retry }, files);
  return new TableDataset(files.map(({ shard }) => shard), plan, lookups, fitted, inputRecipe, classes, specs, rows, recipe);
}

/**
 * The names of the arrays or columns that a source's files hold, in their order, as the first table tells: what `x` and `y` may name.
 * @throws DataError
 */
export async function columnNames(source: Source, resolve: OpenOptions['resolve'], retry: RetryPolicy = defaultRetryPolicy): Promise<readonly string[]> {
  const files = await findShards([source.uri].flat(), resolve, retry);
  const format = source.format ? formatNamed(source.format) : formatOfNames(files.map(({ name }) => name));
  const [first] = format.group(files);
  return first ? (await format.open(first, source)).columnNames : [];
}

async function inspect(table: Table, plan: Plan, specs: Specs, first: Table): Promise<TableRows> {
  if (table !== first) compareSpecs(table, await specsOf(plan, table), first, specs);
  const columns = await Promise.all(plan.requests.map((request) => table.column(request)));
  return { table, filtered: plan.filtered, seekable: await table.seekable(plan.requests), rows: commonRows(table, columns) };
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

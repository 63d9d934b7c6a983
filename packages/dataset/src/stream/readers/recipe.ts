import { openStoreAt, type StoreLocation } from '@trainyard/object-store';
import type { Fitted, Source } from '@trainyard/protocol';
import { withoutLate, type Lookups } from '../../binding/lookups.js';
import type { Plan } from '../../binding/plan.js';
import type { ValueRules } from '../../checks/rules-of-plan.js';
import type { Shard } from '../../dataset.js';
import { fittedPlan } from '../../fitting/fit.js';
import type { Format } from '../../formats/format.js';
import { formatNamed, formatOfNames } from '../../formats/registry.js';
import type { Table } from '../../formats/table.js';
import type { RetryPolicy } from '../../shards/retry.js';
import { ShardFile } from '../../shards/shard-file.js';
import { RowOrders } from './row-orders.js';

/** What a dataset is made from, as plain data: another thread opens the same dataset by it, over the same shards. */
export interface Recipe {
  readonly source: Source;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly rules: ValueRules | undefined;
  /** What its transforms have learnt: nothing is learnt again. */
  readonly fitted: Fitted;
  /** Which arrays are read as bytes. */
  readonly lookups: Lookups;
  readonly retry: RetryPolicy;
  readonly stores: readonly StoreLocation[];
  /** In the source's order; `store` is a place in `stores`. */
  readonly files: readonly { readonly shard: Shard; readonly store: number }[];
}

/** @returns undefined where a store can be used by this thread only */
export function recipeOf(dataset: Omit<Recipe, 'stores' | 'files'>, files: readonly ShardFile[]): Recipe | undefined {
  const stores = new Map<string, { readonly index: number; readonly location: StoreLocation }>();
  const placed: Recipe['files'][number][] = [];
  for (const { shard, store: { location } } of files) {
    if (!location) return undefined;
    const key = JSON.stringify(location);
    const known = stores.get(key) ?? { index: stores.size, location };
    stores.set(key, known);
    placed.push({ shard, store: known.index });
  }
  return { ...dataset, stores: [...stores.values()].map(({ location }) => location), files: placed };
}

/** What pieces are read from. */
export interface Opened {
  readonly plan: Plan;
  /** By its place among the dataset's tables; opened when it is first asked for. */
  table(index: number): Promise<Table>;
  readonly orders: RowOrders;
}

/** Opens a dataset again: reads headers of the first table, and of others as they are needed. @throws DataError */
export async function openRecipe({ source, inputs, outputs, rules, fitted, lookups, retry, stores, files }: Recipe): Promise<Opened> {
  const opened = stores.map(openStoreAt);
  const shards = files.flatMap(({ shard, store }) => {
    const at = opened[store];
    return at ? [new ShardFile(shard, at, retry)] : [];
  });
  const format: Format = source.format ? formatNamed(source.format) : formatOfNames(shards.map(({ name }) => name));
  const groups = format.group(shards);
  const [group] = groups;
  if (!group) throw new RangeError('expected at least one table, received none');
  const first = await format.open(group, source);
  const tables: (Promise<Table> | undefined)[] = [Promise.resolve(first)];
  const table = (index: number): Promise<Table> => {
    const other = groups[index];
    if (!other) throw new RangeError(`expected a table below ${groups.length}, received ${index}`);
    return (tables[index] ??= format.open(other, source, first));
  };
  const { plan } = await fittedPlan(source, { inputs, outputs, rules }, [first], fitted);
  return { plan: withoutLate(plan, lookups), table, orders: new RowOrders() };
}

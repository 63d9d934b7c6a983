import { findDataset, settleData } from '@trainyard/database';
import type { Dataset, Shard } from '@trainyard/dataset';
import type { ObjectStore } from '@trainyard/object-store';
import { DatasetState, DataState, type Fitted, type PinnedShard } from '@trainyard/protocol';
import { dataStateKey } from '../object-keys.js';
import type { AttemptOrder } from '../messages.js';
import type { Attempt } from './attempt.js';
import { withPatience } from './patience.js';

/** What an earlier attempt found out about the data, which this one keeps to. */
export async function knownState({ order: { dataKey }, store }: Attempt): Promise<DataState | undefined> {
  return dataKey === null ? undefined : readState(store, dataKey);
}

/** What the transforms learnt in the job that this one continues: its files may be others, their meaning is not. */
export async function continuedFitted({ order: { spec }, store }: Attempt): Promise<Fitted | undefined> {
  const key = spec.continued?.data_key ?? null;
  return key === null ? undefined : (await readState(store, key)).train.fitted;
}

export async function readState(store: ObjectStore, dataKey: string): Promise<DataState> {
  return DataState.parse(await readJson(store, dataKey));
}

/** The files of a dataset as it was opened. */
export const pinned = ({ shards }: Dataset): PinnedShard[] => shards.map(({ name, key, bytes, etag }) => ({ name, key, bytes, etag }));

/** Keeps what was found out for later attempts and for predictions. */
export async function keepState({ order, database, store }: Attempt, train: Dataset, validation: Dataset | undefined): Promise<void> {
  const classes = Object.fromEntries(Object.entries(train.classes).map(([output, names]) => [output, [...names]]));
  const state: DataState = { version: 1, train: { shards: pinned(train), fitted: train.fitted, inputs: train.inputs, classes }, validation: validation ? { shards: pinned(validation) } : null };
  await settleState({ order, database, store }, state);
}

/** Stores what the job's first attempt found out about its data. */
export async function settleState({ order: { project, ref }, database, store }: Pick<Attempt<AttemptOrder>, 'order' | 'database' | 'store'>, state: DataState | DatasetState): Promise<void> {
  const key = dataStateKey(project, ref.jobId, ref.attempt);
  await withPatience(() => store.put(key, Buffer.from(JSON.stringify(state)), { contentType: 'application/json' }));
  await withPatience(() => settleData(database, ref, key));
}

/** The files of a dataset as they were when it was scanned; `undefined` where the source names none, or it was deleted since. */
export async function shardsOfDataset({ order, database, store }: Attempt<AttemptOrder>, id: string | undefined): Promise<readonly Shard[] | undefined> {
  const dataset = id === undefined ? undefined : await withPatience(() => findDataset(database, order.project, id));
  const key = dataset?.stateKey;
  return key ? readShards(store, key) : undefined;
}

/** Files as they were found before. */
export async function readShards(store: ObjectStore, key: string): Promise<readonly Shard[]> {
  return DatasetState.parse(await readJson(store, key)).shards;
}

/** Waited for: an attempt that follows one which an outage ended would else meet the same outage, and soon no attempt be left. */
async function readJson(store: ObjectStore, key: string): Promise<unknown> {
  return JSON.parse(Buffer.from(await withPatience(() => store.read(key))).toString());
}

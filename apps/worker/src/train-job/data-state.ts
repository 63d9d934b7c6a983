import { findDataset, settleData } from '@trainyard/database';
import type { Dataset, Shard } from '@trainyard/dataset';
import type { ObjectStore } from '@trainyard/object-store';
import { DatasetState, DataState, type Fitted, type PinnedShard } from '@trainyard/protocol';
import { dataStateKey } from '../object-keys.js';
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

async function readState(store: ObjectStore, dataKey: string): Promise<DataState> {
  return DataState.parse(JSON.parse(Buffer.from(await store.read(dataKey)).toString()));
}

/** Keeps what was found out for later attempts and for predictions. */
export async function keepState({ order, database, store }: Attempt, train: Dataset, validation: Dataset | undefined): Promise<void> {
  const { project, ref } = order;
  const pinned = ({ shards }: Dataset): PinnedShard[] => shards.map(({ name, key, bytes, etag }) => ({ name, key, bytes, etag }));
  const state: DataState = { version: 1, train: { shards: pinned(train), fitted: train.fitted }, validation: validation ? { shards: pinned(validation) } : null };
  const key = dataStateKey(project, ref.jobId, ref.attempt);
  await store.put(key, Buffer.from(JSON.stringify(state)), { contentType: 'application/json' });
  await withPatience(() => settleData(database, ref, key));
}

/** The files of a dataset as they were when it was scanned; `undefined` where the source names none, or it was deleted since. */
export async function shardsOfDataset({ order, database, store }: Attempt, id: string | undefined): Promise<readonly Shard[] | undefined> {
  const dataset = id === undefined ? undefined : await withPatience(() => findDataset(database, order.project, id));
  if (!dataset?.stateKey) return undefined;
  return DatasetState.parse(JSON.parse(Buffer.from(await store.read(dataset.stateKey)).toString())).shards;
}

import type { ObjectStore } from '@trainyard/object-store';
import type { Shard } from '../dataset.js';
import { inOrder } from '../stream/in-order.js';
import { defaultRetryPolicy } from './retry.js';
import { rangesOf, ShardFile } from './shard-file.js';

interface Range {
  readonly file: ShardFile;
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes of shards as streams fetch them: in ranges of at most 4 MiB, some at a time and in their order, each of the object that was
 * listed, again where storage fails for a moment.
 *
 * @param atOnce ranges on their way at a time
 * @throws DataError when an object is not the one that was listed; ObjectStoreUnavailableError after retries
 */
export async function* readShards(store: ObjectStore, shards: readonly Shard[], atOnce: number, signal?: AbortSignal): AsyncGenerator<Buffer, void> {
  const read = async function* ({ file, start, end }: Range, ended: AbortSignal) {
    yield await file.read(start, end, ended);
  };
  for await (const part of inOrder(rangesOfAll(store, shards), atOnce, read, signal)) if (!part.done) yield part.value;
}

function* rangesOfAll(store: ObjectStore, shards: readonly Shard[]): Generator<Range> {
  for (const shard of shards) {
    const file = new ShardFile(shard, store, defaultRetryPolicy);
    for (const range of rangesOf(0, shard.bytes)) yield { file, ...range };
  }
}

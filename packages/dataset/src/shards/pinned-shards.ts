import type { Shard } from '../dataset.js';
import type { ResolvedUri } from './find-shards.js';
import type { RetryPolicy } from './retry.js';
import { ShardFile } from './shard-file.js';

/** Shards that were found before, as they were then: one that is another object now is refused when it is read. */
export function pinnedShards(shards: readonly Shard[], resolve: (uri: string) => ResolvedUri, policy: RetryPolicy): ShardFile[] {
  return shards.map((shard) => new ShardFile(shard, resolve(shard.name).store, policy));
}

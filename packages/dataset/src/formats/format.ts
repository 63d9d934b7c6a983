import type { SourceFormat } from '@trainyard/protocol';
import type { ShardFile } from '../shards/shard-file.js';
import type { Table } from './table.js';

/** How objects of one format become tables. */
export interface Format {
  readonly name: SourceFormat;
  /** Lower case, with the dot. */
  readonly suffixes: readonly string[];
  open(files: readonly ShardFile[]): Promise<Table[]>;
}

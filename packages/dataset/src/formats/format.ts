import type { Source, SourceFormat } from '@trainyard/protocol';
import type { ShardFile } from '../shards/shard-file.js';
import type { Table } from './table.js';

/** The files of one table: one or more. */
export type FileGroup = readonly [ShardFile, ...ShardFile[]];

/** How objects of one format become tables. */
export interface Format {
  readonly name: SourceFormat;
  /** Lower case, with the dot. */
  readonly suffixes: readonly string[];
  /** Read by the thread that opened it only: what is kept of its files on the disk is kept once. */
  readonly oneThread?: true;
  /**
   * Which files make a table together, in the order of the tables. Each file by itself in most formats.
   * @throws DataError when files do not belong together
   */
  group(files: readonly ShardFile[]): readonly FileGroup[];
  /**
   * One group's table; reads headers only.
   * @param source its fields that this format reads: `source.csv` for csv
   * @param first the source's first table, when this is not it: what is inferred from rows is inferred once, for all of them
   */
  open(files: FileGroup, source: Source, first?: Table): Promise<Table>;
}

/** For formats of which each file is a table of its own. */
export function oneByOne(files: readonly ShardFile[]): readonly FileGroup[] {
  return files.map((file) => [file]);
}

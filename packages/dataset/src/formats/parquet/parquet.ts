import { ParquetOptions } from '@trainyard/protocol';
import { oneByOne, type Format } from '../format.js';
import { readParquetFile } from './metadata.js';
import { ParquetTable } from './parquet-table.js';

/** Each parquet file is a table. */
export const parquet: Format = {
  name: 'parquet',
  suffixes: ['.parquet', '.parq', '.pq'],
  group: oneByOne,
  open: async ([file], source, first) => new ParquetTable(file, await readParquetFile(file), source.parquet ?? ParquetOptions.parse({}), first instanceof ParquetTable ? first : undefined),
};

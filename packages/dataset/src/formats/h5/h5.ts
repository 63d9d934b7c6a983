import { ArrayFile, FormatError } from '@trainyard/keras-format';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { ArrayTable } from '../arrays/array-table.js';
import { oneByOne, type Format } from '../format.js';
import { DiskCache } from './disk-cache.js';
import { H5Array } from './h5-array.js';

/** Of all shards together that are on the disk at a time. */
const cacheBytes = 4 * 1024 * 1024 * 1024;

/** The library reads a file here and there, and does not wait for storage: shards are fetched to the disk. */
const shards = new DiskCache<ArrayFile>(
  cacheBytes,
  (descriptor, file) => ArrayFile.open(descriptor, file.bytes).catch((error: unknown) => Promise.reject(asDataError(error, file) as Error)),
  (opened) => opened.close(),
);

/** Each HDF5 file is a table: its arrays, those in groups by their paths. */
export const h5: Format = {
  name: 'h5',
  suffixes: ['.h5', '.hdf5', '.hdf'],
  oneThread: true,
  group: oneByOne,
  open: ([file]) => openH5(file, shards),
};

export async function openH5(file: ShardFile, cache: DiskCache<ArrayFile>): Promise<ArrayTable> {
  const use = <T>(read: (opened: ArrayFile) => T, signal?: AbortSignal): Promise<T> =>
    cache.with(
      file,
      (opened) => {
        try {
          return read(opened);
        } catch (error) {
          throw asDataError(error, file);
        }
      },
      signal,
    );
  const names = await use((opened) => opened.names);
  return new ArrayTable(file.name, names, async (name) => new H5Array(`${file.name}, array ${JSON.stringify(name)}`, name, await use((opened) => opened.array(name)), use));
}

/** The library's refusals as those of data; the place within the file behind the file's name. */
function asDataError(error: unknown, file: ShardFile): unknown {
  if (!(error instanceof FormatError)) return error;
  const place = error.pointer === 'the file' ? file.name : `${file.name}, array ${JSON.stringify(error.pointer)}`;
  return new DataError(place, error.problem, { cause: error });
}

import { npyHeaderBytes, parseNpyHeader } from '@trainyard/ndarray';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import type { Format } from '../format.js';
import { ArrayTable } from './array-table.js';
import { textHeader } from './npy-values.js';
import { asDataError, type RemoteArray } from './remote-array.js';
import { StoredArray } from './stored-array.js';

/** A .npy holds one array, so that the files of a source lie side by side: `x.npy` is the array `x`. */
export const npy: Format = {
  name: 'npy',
  suffixes: ['.npy'],
  group: (files) => {
    const byName = new Map<string, ShardFile>();
    for (const file of files) {
      const name = arrayName(file.name);
      const other = byName.get(name);
      if (other) throw new DataError(file.name, `expected files of different names, received ${other.name} too: a .npy is one whole array; join the parts, or save them as .npz`, { pointer: '/uri' });
      byName.set(name, file);
    }
    const [first, ...rest] = files;
    return first ? [[first, ...rest]] : [];
  },
  open: async (files) => {
    const byName = new Map(files.map((file) => [arrayName(file.name), file]));
    const name = files.length === 1 ? files[0].name : `${files[0].name} and ${files.length - 1} more`;
    return new ArrayTable(name, [...byName.keys()], (column) => openNpy(byName.get(column)));
  },
};

function arrayName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.npy$/i, '');
}

async function openNpy(file: ShardFile | undefined): Promise<RemoteArray> {
  if (!file) throw new Error('an array of the table has no file');
  // Headers of genuine files have 128 bytes; one that needs more is read again.
  const first = await file.read(0, Math.min(file.bytes, 1024));
  const bytes = asDataError(() => npyHeaderBytes(first, file.name));
  const head = bytes <= first.length ? first : await file.read(0, Math.min(file.bytes, bytes));
  return new StoredArray(file.name, asDataError(() => textHeader(parseNpyHeader(head, file.name, { text: true }), file.name)), head, file, { start: 0, end: file.bytes });
}

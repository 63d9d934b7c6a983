import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NdArray } from '@trainyard/ndarray';
import { openFilesystemStore, type ObjectStore } from '@trainyard/object-store';
import { Source } from '@trainyard/protocol';
import type { Dataset } from '../dataset.js';
import { openDataset, type OpenOptions } from '../open-dataset.js';

/** Users' files in an object store of a test's own, laid out as a project's are. */
export interface TemporaryStore {
  readonly store: ObjectStore;
  put(path: string, body: Uint8Array | string): Promise<void>;
  open(source: object, options?: Partial<OpenOptions>): Promise<Dataset>;
  remove(): Promise<void>;
}

export async function temporaryStore(): Promise<TemporaryStore> {
  const directory = await mkdtemp(join(tmpdir(), 'trainyard-dataset-'));
  const store = await openFilesystemStore(directory);
  const keyOf = (uri: string) => `projects/p/${uri}`;
  return {
    store,
    put: async (path, body) => void (await store.put(keyOf(path), typeof body === 'string' ? Buffer.from(body) : body)),
    open: (source, options = {}) =>
      openDataset(Source.parse(source), { resolve: (uri) => ({ store, prefix: keyOf(uri) }), inputs: ['input'], outputs: ['output'], ...options }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** An int32 array of the given shape with the elements 0, 1, 2, … from `first` on. */
export function counting(shape: readonly number[], first = 0): NdArray {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return { dtype: 'int32', shape, data: Int32Array.from({ length: size }, (_, i) => first + i) };
}

export function float32(shape: readonly number[], values: Iterable<number>): NdArray {
  return { dtype: 'float32', shape, data: Float32Array.from(values) };
}

/** Whether two arrays hold the same bytes: `toEqual` takes seconds for a million elements. */
export function sameBytes(a: NdArray, b: NdArray): boolean {
  return a.dtype === b.dtype && a.shape.join() === b.shape.join() && Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

function bytesOf({ data }: NdArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

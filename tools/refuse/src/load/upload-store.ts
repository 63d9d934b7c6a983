import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { columnNames, openDataset, type ResolvedUri } from '@trainyard/dataset';
import { type ObjectStore, openFilesystemStore } from '@trainyard/object-store';
import { Source } from '@trainyard/protocol';

import type { Loaded } from './load-entry.js';
import { csvSource } from './csv-source.js';

/** Object storage in a folder of its own, to which data are put as users upload them. */
export class UploadStore {
  private constructor(
    private readonly folder: string,
    private readonly store: ObjectStore,
  ) {}

  static async open(): Promise<UploadStore> {
    const folder = await mkdtemp(path.join(tmpdir(), 'trainyard-refuse-'));
    return new UploadStore(folder, await openFilesystemStore(folder));
  }

  /** Puts a file there, and reads all rows of all its arrays or columns. @throws DataError where they are refused */
  async load(bytes: Buffer, kind: 'npz' | 'npy' | 'csv', suffix: string): Promise<Loaded> {
    const uri = `files/data${suffix}`;
    await this.store.put(this.keyOf(uri), bytes);
    const resolve = (name: string): ResolvedUri => ({ store: this.store, prefix: this.keyOf(name) });
    const columns = await columnNames({ uri, transforms: [] }, resolve);
    const source = Source.parse({ uri, ...(kind === 'csv' ? csvSource(columns, bytes, suffix) : columns.length > 0 && { x: byNumber(columns) }) });
    const inputs = typeof source.x === 'object' && !Array.isArray(source.x) ? Object.keys(source.x) : ['input'];
    const { x } = await (await openDataset(source, { resolve, inputs, outputs: [] })).load();
    return { arrays: x.map(({ data }) => data) };
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private keyOf(uri: string): string {
    return `projects/refuse/${uri}`;
  }
}

/** Every array is an input of its own. */
function byNumber(columns: readonly string[]): Record<string, string> {
  return Object.fromEntries(columns.map((column, i) => [`input_${i}`, column]));
}

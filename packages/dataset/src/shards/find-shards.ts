import { InvalidKeyError, type ObjectInfo, type ObjectStore } from '@trainyard/object-store';
import { DataError } from '../data-error.js';
import { globPattern, isGlob, literalPrefix } from './glob.js';
import { retrying, type RetryPolicy } from './retry.js';
import { ShardFile } from './shard-file.js';

/** Where a URI of a source leads: a key, a prefix or a glob within a store. */
export interface ResolvedUri {
  readonly store: ObjectStore;
  readonly prefix: string;
}

/**
 * The objects that the URIs name, in the order of the URIs and, within one, of the keys. Each URI is a key; else a glob;
 * else a folder. Within folders and globs, names that begin with `.` or `_` are left out, as markers of other tools are.
 * @throws DataError when a URI names nothing, or two name the same object
 */
export async function findShards(uris: readonly string[], resolve: (uri: string) => ResolvedUri, policy: RetryPolicy): Promise<ShardFile[]> {
  const files: ShardFile[] = [];
  const names = new Set<string>();
  for (const uri of uris) {
    const { store, prefix } = resolve(uri);
    const found = await retrying(() => objectsOf(uri, store, prefix), policy).catch((error: unknown) => {
      if (error instanceof InvalidKeyError) throw new DataError(uri, error.message, { pointer: '/uri', cause: error });
      throw error;
    });
    for (const { key, bytes, etag } of found) {
      const name = nameOf(key, uri, prefix);
      if (names.has(name)) throw new DataError(name, 'the source names this file twice; name each file once', { pointer: '/uri' });
      names.add(name);
      files.push(new ShardFile({ name, key, bytes, etag }, store, policy));
    }
  }
  return files;
}

async function objectsOf(uri: string, store: ObjectStore, prefix: string): Promise<ObjectInfo[]> {
  const exact = prefix.endsWith('/') ? undefined : await store.stat(prefix);
  if (exact) return [exact]; // also a name with brackets of its own
  if (isGlob(prefix)) {
    const pattern = compile(uri, prefix);
    const found = await collect(store, literalPrefix(prefix), (key) => pattern.test(key) && isData(key));
    if (found.length === 0) throw new DataError(uri, 'no file matches', { code: 'data_not_found', pointer: '/uri' });
    return found;
  }
  const folder = prefix.endsWith('/') ? prefix : `${prefix}/`;
  const found = await collect(store, folder, (key) => key.slice(folder.length).split('/').every(isData));
  if (found.length === 0) throw new DataError(uri, prefix.endsWith('/') ? 'the folder is empty' : 'there is no such file, and no folder of this name', { code: 'data_not_found', pointer: '/uri' });
  return found;
}

function compile(uri: string, glob: string): RegExp {
  try {
    return globPattern(glob);
  } catch (error) {
    throw new DataError(uri, `not a valid pattern: ${(error as Error).message}`, { pointer: '/uri', cause: error });
  }
}

async function collect(store: ObjectStore, prefix: string, wanted: (key: string) => boolean): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = [];
  for await (const object of store.list(prefix)) if (wanted(object.key)) found.push(object);
  return found;
}

function isData(key: string): boolean {
  return !/^[._]/.test(key.slice(key.lastIndexOf('/') + 1));
}

/** A key as users would write it: what the store puts before the URI's path is taken off, what the URI has before it put on. */
function nameOf(key: string, uri: string, prefix: string): string {
  let common = 0;
  while (common < Math.min(uri.length, prefix.length) && uri.at(-1 - common) === prefix.at(-1 - common)) common++;
  const before = prefix.length - common;
  return uri.slice(0, uri.length - common) + key.slice(before);
}

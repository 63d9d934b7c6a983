import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inKeyOrder } from '../key-order.js';
import { isAbsent } from './errors.js';
import { ownFolder, segmentOfName } from './paths.js';

export interface FolderEntry {
  /** The segment of the key. */
  readonly text: string;
  /** Where it is, relative to the store's root. */
  readonly names: readonly string[];
  readonly isFolder: boolean;
}

/** What a folder holds, in the order of the keys: a folder sorts by its name with the `/` that follows it in every key. */
export async function listFolder(root: string, names: readonly string[]): Promise<FolderEntry[]> {
  const entries = (await entriesOf(root, names)).map((entry) => ({ entry, key: entry.isFolder ? `${entry.text}/` : entry.text }));
  return inKeyOrder(entries).map(({ entry }) => entry);
}

async function entriesOf(root: string, names: readonly string[]): Promise<FolderEntry[]> {
  const out: FolderEntry[] = [];
  for (const entry of await readFolder(join(root, ...names))) {
    if (names.length === 0 && entry.name === ownFolder) continue;
    const segment = segmentOfName(entry.name);
    const below = [...names, entry.name];
    if (segment === undefined || !(entry.isFile() || entry.isDirectory())) continue; // a link, a socket: no object of ours
    if (!segment.continued) out.push({ text: segment.text, names: below, isFolder: entry.isDirectory() });
    else for (const rest of await entriesOf(root, below)) out.push({ ...rest, text: segment.text + rest.text });
  }
  return out;
}

async function readFolder(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return []; // deleted while we list
    throw error;
  }
}

import { constants } from 'node:fs';
import { lstat, mkdir, open, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InvalidKeyError } from '../errors.js';
import { codeOf, isAbsent } from './errors.js';

/**
 * Refuses a path that leads through a symbolic link, which could leave the store. `names` are the parts below `root`.
 * A part that does not exist ends the walk: there is nothing to follow.
 */
export async function checkNoLinks(root: string, names: readonly string[], key: string): Promise<void> {
  let path = root;
  for (const name of names) {
    path = join(path, name);
    try {
      if ((await lstat(path)).isSymbolicLink()) throw new InvalidKeyError(key, `${path} is a symbolic link, and the store follows none; copy the file into the store`);
    } catch (error) {
      if (isAbsent(error)) return;
      throw error;
    }
  }
}

/** Makes the folders of `names` below `root`, following no symbolic link. */
export async function makeFolders(root: string, names: readonly string[], key: string): Promise<string> {
  let path = root;
  for (const name of names) {
    path = join(path, name);
    const stats = await lstat(path).catch(async (error: unknown) => {
      if (!isAbsent(error)) throw error;
      await mkdir(path).catch((failure: unknown) => {
        if (codeOf(failure) !== 'EEXIST') throw failure; // another writer was first
      });
      await syncFolder(dirname(path));
      return lstat(path);
    });
    if (stats.isSymbolicLink()) throw new InvalidKeyError(key, `${path} is a symbolic link, and the store follows none`);
    if (!stats.isDirectory()) throw new InvalidKeyError(key, `${path} is an object, so nothing can be stored below it; use another name`);
  }
  return path;
}

/** Removes the folders of `names` below `root` that have become empty, the deepest first. */
export async function removeEmptyFolders(root: string, names: readonly string[]): Promise<void> {
  for (let depth = names.length; depth > 0; depth--) {
    try {
      await rmdir(join(root, ...names.slice(0, depth)));
    } catch {
      return; // not empty, or another deleter was first
    }
  }
}

/** Puts a folder's entries on disk: without it a rename may be lost with the machine's power. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

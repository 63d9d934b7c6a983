import { lstat, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ObjectStoreAccessError } from '../errors.js';
import type { ObjectStore } from '../object-store.js';
import { codeOf, storeError } from './errors.js';
import { ETags } from './etags.js';
import { FilesystemStore } from './filesystem-store.js';
import { ownFolder } from './paths.js';
import { TemporaryFiles } from './temporary-files.js';

/**
 * Objects as files of `directory`, which is made where it is missing. Several processes may open it at once.
 * @throws ObjectStoreAccessError when it cannot be made or written to
 */
export async function openFilesystemStore(directory: string): Promise<ObjectStore> {
  try {
    await mkdir(join(directory, ownFolder), { recursive: true });
    const root = await realpath(resolve(directory));
    const temporaryFiles = new TemporaryFiles(root);
    await temporaryFiles.removeStale();
    return new FilesystemStore(root, { foldsNames: await foldsNames(root) }, new ETags(root), temporaryFiles);
  } catch (error) {
    const doing = `opening the object store ${directory}`;
    if (codeOf(error) === 'ENOTDIR' || codeOf(error) === 'EEXIST') throw new ObjectStoreAccessError(`${doing}: expected a directory, found a file in its place`, { cause: error });
    throw storeError(error, doing);
  }
}

/** A store that has been opened before, of which all is known: asks the file system nothing. */
export function reopenFilesystemStore(root: string, foldsNames: boolean): ObjectStore {
  return new FilesystemStore(root, { foldsNames }, new ETags(root), new TemporaryFiles(root));
}

/** Whether the file system takes names that differ in case for one. */
async function foldsNames(root: string): Promise<boolean> {
  const name = `names-${process.pid}-${Date.now()}`;
  const path = join(root, ownFolder, name);
  await writeFile(path, '');
  try {
    return await lstat(join(root, ownFolder, name.toUpperCase())).then(
      () => true,
      () => false,
    );
  } finally {
    await rm(path, { force: true });
  }
}

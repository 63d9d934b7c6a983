import { constants, type BigIntStats } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { InvalidKeyError, ObjectNotFoundError } from '../errors.js';
import { checkKey, checkPrefix } from '../key.js';
import type { ByteRange, ObjectInfo, ObjectStore, StoreLocation } from '../object-store.js';
import { checkRange, clipRange } from '../range.js';
import { codeOf, isAbsent, storeError } from './errors.js';
import type { ETags } from './etags.js';
import { checkNoLinks, makeFolders, removeEmptyFolders, syncFolder } from './folders.js';
import { listFolder } from './list-folder.js';
import { pathOfKey, type NameRules } from './paths.js';
import { readWhole } from './read-whole.js';
import type { TemporaryFiles } from './temporary-files.js';

interface OpenObject {
  readonly file: FileHandle;
  readonly info: ObjectInfo;
}

const foldersMadeAgain = 100;

/** Objects as files of one directory; see paths.ts for their names. Made by `openFilesystemStore`. */
export class FilesystemStore implements ObjectStore {
  constructor(
    /** An absolute path without symbolic links. */
    private readonly root: string,
    private readonly rules: NameRules,
    private readonly etags: ETags,
    private readonly temporaryFiles: TemporaryFiles,
  ) {}

  get location(): StoreLocation {
    return { kind: 'filesystem', root: this.root, foldsNames: this.rules.foldsNames };
  }

  async put(key: string, body: Uint8Array | Readable): Promise<ObjectInfo> {
    checkKey(key);
    return this.explain(`storing ${key}`, async () => {
      const temporary = await this.temporaryFiles.write(body);
      try {
        const stats = await stat(temporary.path, { bigint: true });
        await this.moveIntoPlace(temporary.path, key);
        await this.etags.record(key, temporary.sha256, stats);
        return infoOf(key, stats, temporary.sha256);
      } catch (error) {
        await rm(temporary.path, { force: true });
        throw error;
      }
    });
  }

  async get(key: string, range?: ByteRange): Promise<{ info: ObjectInfo; body: Readable }> {
    checkKey(key);
    if (range) checkRange(key, range);
    return this.explain(`reading ${key}`, async () => {
      const { file, info } = await this.openObject(key);
      try {
        const part = range ? clipRange(key, range, info.bytes) : {};
        // 256 KiB a read: four times fewer turns of the event loop than the default.
        return { info, body: file.createReadStream({ ...part, highWaterMark: 256 * 1024 }) };
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  async read(key: string): Promise<Uint8Array> {
    checkKey(key);
    return this.explain(`reading ${key}`, async () => {
      const { file, info } = await this.openObject(key);
      try {
        return await readWhole(file, info.bytes);
      } finally {
        await file.close();
      }
    });
  }

  async stat(key: string): Promise<ObjectInfo | undefined> {
    checkKey(key);
    return this.explain(`looking at ${key}`, async () => {
      try {
        const { file, info } = await this.openObject(key);
        await file.close();
        return info;
      } catch (error) {
        if (error instanceof ObjectNotFoundError) return undefined;
        throw error;
      }
    });
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    checkPrefix(prefix);
    const folder = folderOf(prefix);
    const names = await this.namesOfFolder(folder);
    if (names) yield* this.listBelow(names, folder, prefix);
  }

  async *folders(prefix: string): AsyncIterable<string> {
    checkPrefix(prefix);
    const names = await this.namesOfFolder(folderOf(prefix));
    if (!names) return;
    for (const { isFolder, text } of await this.explain(`listing ${prefix}`, () => listFolder(this.root, names))) if (isFolder) yield text;
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) checkKey(key);
    for (const key of keys) await this.explain(`deleting ${key}`, () => this.deleteOne(key));
  }

  private async *listBelow(names: readonly string[], before: string, prefix: string): AsyncIterable<ObjectInfo> {
    const entries = await this.explain(`listing ${prefix}`, () => listFolder(this.root, names));
    for (const entry of entries) {
      const key = before + entry.text;
      if (entry.isFolder) {
        const below = `${key}/`;
        if (below.startsWith(prefix) || prefix.startsWith(below)) yield* this.listBelow(entry.names, below, prefix);
      } else if (key.startsWith(prefix)) {
        const info = await this.stat(key);
        if (info) yield info;
      }
    }
  }

  /** Where a folder of keys lies, gone to directly: its parents may hold a hundred thousand others. Undefined behind a link, which is no folder of ours. */
  private async namesOfFolder(folder: string): Promise<string[] | undefined> {
    if (folder === '') return [];
    const names = pathOfKey(`${folder}x`, this.rules).slice(0, -1);
    try {
      await checkNoLinks(this.root, names, folder);
      return names;
    } catch (error) {
      if (error instanceof InvalidKeyError) return undefined;
      throw error;
    }
  }

  private async moveIntoPlace(temporary: string, key: string): Promise<void> {
    const names = pathOfKey(key, this.rules);
    const folders = names.slice(0, -1);
    const path = join(this.root, ...names);
    for (let attempt = 1; ; attempt++) {
      try {
        const folder = await makeFolders(this.root, folders, key);
        await rename(temporary, path);
        return await syncFolder(folder);
      } catch (error) {
        const code = codeOf(error);
        if (code === 'EISDIR' || code === 'ENOTEMPTY') throw new InvalidKeyError(key, 'other objects are stored below it; use another name');
        // Deleters of neighbours remove folders that have become empty: make them again.
        if (code !== 'ENOENT' || attempt === foldersMadeAgain) throw error;
        if (!(await exists(temporary))) return; // renamed before its folder was gone: the object was deleted already
      }
    }
  }

  private async deleteOne(key: string): Promise<void> {
    const names = pathOfKey(key, this.rules);
    await checkNoLinks(this.root, names, key);
    try {
      await rm(join(this.root, ...names));
    } catch (error) {
      if (!isAbsent(error) && codeOf(error) !== 'ERR_FS_EISDIR') throw error;
      return;
    }
    await this.etags.forget(key);
    await removeEmptyFolders(this.root, names.slice(0, -1));
  }

  /** The caller closes the file. */
  private async openObject(key: string): Promise<OpenObject> {
    const names = pathOfKey(key, this.rules);
    await checkNoLinks(this.root, names, key);
    let file: FileHandle | undefined;
    try {
      // O_NONBLOCK: a named pipe that somebody put there must not hang the process.
      file = await open(join(this.root, ...names), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const stats = await file.stat({ bigint: true });
      if (!stats.isFile()) throw new ObjectNotFoundError(key);
      return { file, info: infoOf(key, stats, await this.etags.of(key, file, stats)) };
    } catch (error) {
      await file?.close();
      throw isAbsent(error) ? new ObjectNotFoundError(key) : error;
    }
  }

  private async explain<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeError(error, doing);
    }
  }
}

/** The folder that all keys with this prefix lie in, with its `/`. */
const folderOf = (prefix: string): string => prefix.slice(0, prefix.lastIndexOf('/') + 1);

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function infoOf(key: string, stats: BigIntStats, etag: string): ObjectInfo {
  return { key, bytes: Number(stats.size), etag, modified: stats.mtime };
}

import { createHash, randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ownFolder } from './paths.js';

/**
 * An object's ETag is the SHA-256 of its content. It is kept beside the objects with the state of the file that it was
 * computed from, and computed anew where that state differs: after a crash between two renames, or for a file that
 * somebody copied into the store's directory by hand.
 */
export class ETags {
  constructor(private readonly root: string) {}

  /** The ETag of an open file whose state is `stats`. */
  async of(key: string, file: FileHandle, stats: BigIntStats): Promise<string> {
    const known = await this.recorded(key, stats);
    if (known !== undefined) return known;
    const etag = await hashOf(file);
    await this.record(key, etag, stats);
    return etag;
  }

  /** Never fails: on a full disk, say, the ETag is only computed again the next time. */
  async record(key: string, etag: string, stats: BigIntStats): Promise<void> {
    const path = this.pathOf(key);
    const temporary = `${path}.${randomUUID()}`;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(temporary, `${etag} ${stateOf(stats)}\n`);
      await rename(temporary, path);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  async forget(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  private async recorded(key: string, stats: BigIntStats): Promise<string | undefined> {
    const line = await readFile(this.pathOf(key), 'utf8').catch(() => '');
    const [etag, state] = line.trim().split(' ', 2);
    return etag !== undefined && /^[0-9a-f]{64}$/.test(etag) && state === stateOf(stats) ? etag : undefined;
  }

  private pathOf(key: string): string {
    const name = createHash('sha256').update(key).digest('hex');
    return join(this.root, ownFolder, 'etags', name.slice(0, 2), name.slice(2));
  }
}

/** What changes whenever a file's content does. */
function stateOf(stats: BigIntStats): string {
  return `${stats.size}-${stats.mtimeNs}-${stats.ino}`;
}

async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(1 << 20);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

import { randomUUID } from 'node:crypto';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';

interface Entry<T> {
  readonly handle: FileHandle;
  readonly bytes: number;
  readonly opened: T;
}

/**
 * Whole shards on the disk, for formats whose readers jump about in a file. Those used longest ago make room for others.
 *
 * A file has no name from the moment that it is there: the system frees it with this process, however that ends.
 */
export class DiskCache<T> {
  /** The one used last comes last. */
  private readonly entries = new Map<ShardFile, Entry<T>>();
  private turn: Promise<unknown> = Promise.resolve();

  /**
   * @param open what is made of a file that has arrived: its descriptor stays open until `close`
   */
  constructor(
    private readonly limitBytes: number,
    private readonly open: (descriptor: number, file: ShardFile) => Promise<T>,
    private readonly close: (opened: T) => void,
  ) {}

  /**
   * What `use` returns of a shard, which is fetched if it is not there. One after the other: nothing is evicted while it is used.
   * @throws DataError for a shard that is larger than the cache
   */
  with<R>(file: ShardFile, use: (opened: T) => R, signal?: AbortSignal): Promise<R> {
    const mine = this.turn.then(async () => {
      signal?.throwIfAborted();
      return use(await this.get(file, signal));
    });
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  /** Bytes on the disk. */
  get bytes(): number {
    return [...this.entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Frees all of them. */
  async clear(): Promise<void> {
    await this.turn;
    for (const file of [...this.entries.keys()]) await this.evict(file);
  }

  private async get(file: ShardFile, signal?: AbortSignal): Promise<T> {
    const entry = this.entries.get(file) ?? (await this.fetch(file, signal));
    this.entries.delete(file);
    this.entries.set(file, entry);
    return entry.opened;
  }

  private async fetch(file: ShardFile, signal?: AbortSignal): Promise<Entry<T>> {
    const { bytes } = file;
    if (bytes > this.limitBytes) throw new DataError(file.name, `expected a file of at most ${this.limitBytes} bytes, which are kept on the disk while it is read, received one of ${bytes}; write it as several files`);
    for (const oldest of [...this.entries.keys()]) {
      if (this.bytes + bytes <= this.limitBytes) break;
      await this.evict(oldest);
    }
    const handle = await namelessFile();
    try {
      for (let at = 0; at < bytes; ) {
        const piece = await file.read(at, Math.min(bytes, at + pieceBytes), signal);
        await handle.write(piece, 0, piece.length, at);
        at += piece.length;
      }
      return { handle, bytes, opened: await this.open(handle.fd, file) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private async evict(file: ShardFile): Promise<void> {
    const entry = this.entries.get(file);
    if (!entry) return;
    this.entries.delete(file);
    this.close(entry.opened);
    await entry.handle.close();
  }
}

const pieceBytes = 8 * 1024 * 1024;

async function namelessFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-shard-'));
  try {
    return await open(join(folder, randomUUID()), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

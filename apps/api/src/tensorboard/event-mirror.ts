import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ObjectNotFoundError, type ObjectInfo, type ObjectStore } from '@trainyard/object-store';

/** Objects below a prefix, and the folder that shows them. */
export interface Mirrored {
  readonly prefix: string;
  readonly folder: string;
}

interface Copy {
  readonly etag: string;
  readonly bytes: number;
}

/** More is asked for than may be copied. */
export class MirrorFullError extends Error {
  override readonly name = 'MirrorFullError';
}

/**
 * TensorBoard reads files, and the logs are objects: this keeps a folder as the objects are. An event file grows by what is
 * written behind its end, so that only this is copied, into the file that TensorBoard has open; any other file is replaced.
 */
export class EventMirror {
  readonly #copies = new Map<string, Copy>();
  #syncing: Promise<void> | undefined;

  constructor(
    private readonly store: ObjectStore,
    private readonly sources: readonly Mirrored[],
    private readonly maxBytes: number,
  ) {}

  /** Makes the folder as the objects are now. @throws MirrorFullError when they are too large together */
  sync(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => (this.#syncing = undefined));
    return this.#syncing;
  }

  async #sync(): Promise<void> {
    const present = new Map<string, ObjectInfo>();
    for (const { prefix, folder } of this.sources) {
      await mkdir(folder, { recursive: true });
      for await (const info of this.store.list(prefix)) present.set(path.join(folder, info.key.slice(prefix.length)), info);
    }
    const bytes = [...present.values()].reduce((sum, info) => sum + info.bytes, 0);
    if (bytes > this.maxBytes) throw new MirrorFullError(`expected at most ${this.maxBytes} bytes of event files, there are ${bytes}`);
    for (const file of this.#copies.keys()) {
      if (present.has(file)) continue;
      await rm(file, { force: true }); // an attempt that goes on from an earlier step removes what was logged beyond it
      this.#copies.delete(file);
    }
    for (const [file, info] of present) {
      if (this.#copies.get(file)?.etag === info.etag) continue;
      await this.#copy(file, info).catch((error: unknown) => {
        if (!(error instanceof ObjectNotFoundError)) throw error; // removed since it was listed
      });
    }
  }

  async #copy(file: string, { key, etag, bytes }: ObjectInfo): Promise<void> {
    const known = this.#copies.get(file)?.bytes ?? 0;
    await mkdir(path.dirname(file), { recursive: true });
    const grows = key.includes('.tfevents.') && known > 0 && bytes > known;
    if (bytes > 0) {
      const { body } = await this.store.get(key, { start: grows ? known : 0, end: bytes - 1 });
      const target = grows ? file : `${file}.part`;
      await pipeline(body, createWriteStream(target, { flags: grows ? 'a' : 'w' }));
      if (!grows) await rename(target, file);
    }
    this.#copies.set(file, { etag, bytes });
  }
}

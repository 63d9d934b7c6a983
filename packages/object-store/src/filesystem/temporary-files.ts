import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ownFolder } from './paths.js';

const staleAfterMs = 24 * 60 * 60 * 1000;

/** The folder where objects are written before they are renamed to their place. */
export class TemporaryFiles {
  private readonly folder: string;
  constructor(root: string) {
    this.folder = join(root, ownFolder, 'temporary');
  }

  /** Removes what writers left that were killed a day ago or longer; younger files may still be written to. */
  async removeStale(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) {
      const path = join(this.folder, name);
      const stats = await stat(path).catch(() => undefined);
      if (stats && Date.now() - stats.mtimeMs > staleAfterMs) await rm(path, { force: true });
    }
  }

  /** Writes `body` to a new file, on disk when the promise resolves. Leaves nothing behind when it rejects. */
  async write(body: Uint8Array | Readable): Promise<{ path: string; sha256: string }> {
    const path = join(this.folder, randomUUID());
    try {
      return { path, sha256: body instanceof Uint8Array ? await writeBytes(path, body) : await writeStream(path, body) };
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }
}

async function writeBytes(path: string, bytes: Uint8Array): Promise<string> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return createHash('sha256').update(bytes).digest('hex');
}

async function writeStream(path: string, body: Readable): Promise<string> {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(body, hashing, createWriteStream(path, { flags: 'wx', flush: true }));
  return hash.digest('hex');
}

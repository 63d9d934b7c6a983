import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { Client } from '@trainyard/client';
import { fileSize } from '../../terminal/file-size.js';
import { LiveLine, toJson, type Output } from '../../terminal/output.js';
import { progress } from '../upload.js';
import { findLocalFiles, type LocalFile } from './local-files.js';

/** Files that are sent at the same time: small ones wait for answers most of the time. */
const atOnce = 4;
const chunkBytes = 2 ** 20;

/**
 * `trainyard data upload`: files, or folders with all that is in them, to `files/<to>/…`. Prints the URI that a source names
 * them by.
 * @param options.to the folder there; by default the name of the file or folder
 */
export async function uploadData(client: Client, named: readonly string[], options: { to?: string; json?: boolean }, out: Output): Promise<string> {
  const files = await findLocalFiles(named);
  const [first = ''] = named;
  const alone = named.length === 1 && files.length === 1 && files[0]?.file === first;
  const folder = (options.to ?? (alone ? '' : path.basename(path.resolve(first)))).replace(/^files\/|\/+$/g, '');
  const targetOf = (file: LocalFile): string => (folder === '' ? file.path : `${folder}/${file.path}`);
  const counter = new UploadCounter(files, new LiveLine(out));
  const queue = files.values();
  const send = async (): Promise<void> => {
    for (const file of queue) {
      await client.files.put(targetOf(file), () => createReadStream(file.file, { highWaterMark: chunkBytes }), { onProgress: (bytes) => counter.sent(file, bytes) });
      counter.done(file);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, files.length) }, send));
  } finally {
    counter.clear();
  }
  const uri = alone && files[0] ? `files/${targetOf(files[0])}` : `files/${folder === '' ? '' : `${folder}/`}`;
  if (options.json === true) out.write(`${toJson({ uri, files: files.length, bytes: counter.total })}\n`);
  else out.write(`Uploaded ${files.length === 1 ? '1 file' : `${files.length} files`} (${fileSize(counter.total)}) as ${uri}\n`);
  return uri;
}

/** Draws how much of all files has been sent. */
class UploadCounter {
  readonly total: number;
  /** Of the files that are being sent. */
  readonly #sending = new Map<LocalFile, number>();
  #finishedBytes = 0;
  #finished = 0;

  constructor(
    private readonly files: readonly LocalFile[],
    private readonly line: LiveLine,
  ) {
    this.total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  sent(file: LocalFile, bytes: number): void {
    this.#sending.set(file, bytes);
    this.#draw();
  }

  done(file: LocalFile): void {
    this.#sending.delete(file);
    this.#finishedBytes += file.bytes;
    this.#finished++;
    this.#draw();
  }

  #draw(): void {
    const done = [...this.#sending.values()].reduce((sum, part) => sum + part, this.#finishedBytes);
    const files = this.files.length === 1 ? '' : `, ${this.#finished} of ${this.files.length} files`;
    this.line.draw(`Uploading ${progress(done, this.total)}${files}`);
  }

  clear(): void {
    this.line.clear();
  }
}

import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Download } from '@trainyard/client';
import { fileSize } from '../terminal/file-size.js';
import { LiveLine, toJson, type Output } from '../terminal/output.js';
import { fileError } from './job-file.js';
import { progress } from './upload.js';

export interface SaveOptions {
  /** Where to write it; default: its own name, here. */
  readonly target?: string | undefined;
  /** What was written is told as JSON. */
  readonly json?: boolean | undefined;
}

/** Writes a file that is being sent, complete or not at all. @returns where it was written */
export async function saveDownload({ filename, bytes = 0, body: content }: Download, { target, json = false }: SaveOptions, output: Output): Promise<string> {
  const body = Readable.fromWeb(content as NodeReadableStream);
  // The name comes from the server: only its last part may decide where we write.
  const file = target ?? path.basename(filename);
  const temporary = `${file}.part`;
  const line = new LiveLine(output);
  let received = 0;
  body.on('data', (chunk: Buffer) => {
    received += chunk.length;
    line.draw(`Downloading ${path.basename(file)} ${progress(received, bytes)}`);
  });
  try {
    await pipeline(body, createWriteStream(temporary));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(file, error);
  } finally {
    line.clear();
  }
  output.write(json ? `${toJson({ file, bytes: received })}\n` : `${file} (${fileSize(received)})\n`);
  return file;
}

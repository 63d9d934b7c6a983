import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Client } from '@trainyard/client';
import { fileSize, partOfSize } from '../terminal/file-size.js';
import { LiveLine, type Output } from '../terminal/output.js';
import { fileError } from './job-file.js';

const mebibyte = 2 ** 20;
const barWidth = 30;

/**
 * Uploads a file and answers its `uri`, `files/uploads/<hash>/<name>`: named by its content, so that a file that is there
 * already is not sent again, and a file of the same name does not replace what another job reads.
 */
export async function uploadFile(client: Client, file: string, output: Output): Promise<string> {
  const name = path.basename(file);
  const { bytes, hash } = await describe(file);
  const target = `uploads/${hash.slice(0, 16)}/${name}`;
  const { data } = await client.files.list({ prefix: target, limit: 1 });
  const present = data.find((stored) => stored.path === target && stored.bytes === bytes);
  if (present !== undefined) return present.uri;
  const line = new LiveLine(output);
  const onProgress = (sent: number): void => line.draw(`Uploading ${name} ${progress(sent, bytes)}`);
  try {
    const { uri } = await client.files.put(target, () => createReadStream(file, { highWaterMark: mebibyte }), { onProgress });
    line.clear();
    output.write(`Uploaded ${name} (${fileSize(bytes)})\n`);
    return uri;
  } finally {
    line.clear();
  }
}

async function describe(file: string): Promise<{ bytes: number; hash: string }> {
  try {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file, { highWaterMark: mebibyte }), hash);
    return { bytes: (await stat(file)).size, hash: hash.digest('hex') };
  } catch (error) {
    throw fileError(file, error);
  }
}

/** `[=====>........] 12.0/40.0 MiB` */
export function progress(done: number, total: number): string {
  const fraction = total === 0 ? 1 : Math.min(1, done / total);
  const cells = Math.floor(barWidth * fraction);
  const bar = fraction === 1 ? '='.repeat(barWidth) : `${'='.repeat(cells)}>`.padEnd(barWidth, '.').slice(0, barWidth);
  return `[${bar}] ${partOfSize(done, total)}`;
}

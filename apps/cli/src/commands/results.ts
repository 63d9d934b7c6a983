import { createWriteStream } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Client } from '@trainyard/client';
import { fileSize } from '../terminal/file-size.js';
import { LiveLine, type Output } from '../terminal/output.js';
import { UserError } from '../user-error.js';
import { fileError, parseJson, readText } from './job-file.js';
import { progress } from './upload.js';

export interface PredictOptions {
  readonly data?: string;
  readonly instances?: string;
  readonly checkpoint?: string;
  readonly classes?: boolean;
  readonly raw?: boolean;
  readonly output?: string;
}

/**
 * `trainyard predict`: predictions for instances (JSON), or for the arrays of an npz file, which are answered as npz.
 *
 * @throws UserError when it is not said for what, or where an npz is to be written.
 */
export async function predict(client: Client, job: string, options: PredictOptions, print: (line: string) => void): Promise<void> {
  const common = { ...(options.checkpoint !== undefined && { checkpoint: options.checkpoint }), ...(options.classes === true && { outputs: 'classes' as const }) };
  const raw = options.raw === true;
  if ((options.data === undefined) === (options.instances === undefined)) throw new UserError('Say what to predict for: either --data FILE (.npz or .json) or --instances JSON');
  if (options.data !== undefined && path.extname(options.data) === '.npz') {
    if (raw) throw new UserError('--raw takes rows as JSON: the arrays of an npz file are what the model takes');
    if (options.output === undefined) throw new UserError('Predictions for an npz file are an npz file: say where to write it with --output FILE');
    const arrays = await readFile(options.data).catch((error: unknown) => Promise.reject(asError(fileError(options.data ?? '', error))));
    await writeFile(options.output, await client.jobs.predictNpz(job, arrays, common));
    return print(`Written to ${options.output}`);
  }
  const given = options.data === undefined ? parseJson('--instances', options.instances ?? '') : parseJson(options.data, await readText(options.data));
  const answer = await client.jobs.predict(job, { ...bodyOf(given), ...common, ...(raw && { raw }) });
  const text = JSON.stringify('predictions' in answer ? answer.predictions : answer.outputs);
  if (options.output === undefined) return print(text);
  await writeFile(options.output, `${text}\n`);
  print(`Written to ${options.output}`);
}

/** A list is instances; an object is a predict body of its own. */
function bodyOf(given: unknown): { instances: unknown[] } | { inputs: unknown } {
  if (Array.isArray(given)) return { instances: given };
  if (typeof given === 'object' && given !== null && ('instances' in given || 'inputs' in given)) return given as { instances: unknown[] };
  throw new UserError('Expected a list of instances, or an object with "instances" or "inputs"');
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

export interface DownloadOptions {
  /** Where to write it; default: its own name, here. */
  readonly target?: string | undefined;
  readonly format?: 'h5' | 'keras';
}

/** `trainyard download`: a checkpoint, complete or not at all. Answers where it was written. */
export async function download(client: Client, job: string, ref: string, { target, format = 'h5' }: DownloadOptions, output: Output): Promise<string> {
  const { filename, bytes = 0, body: content } = await client.jobs.downloadCheckpoint(job, ref, { format });
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
  output.write(`${file} (${fileSize(received)})\n`);
  return file;
}

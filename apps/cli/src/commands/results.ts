import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CheckpointFormat, Client } from '@trainyard/client';
import { JobId } from '@trainyard/protocol';
import { parseCount } from '../env.js';
import type { Output } from '../terminal/output.js';
import { UserError } from '../user-error.js';
import { saveDownload } from './download-file.js';
import { fileError, parseJson, readText } from './job-file.js';

export interface PredictOptions {
  readonly data?: string;
  readonly instances?: string;
  readonly image?: readonly string[];
  readonly checkpoint?: string;
  readonly classes?: boolean;
  readonly topK?: string;
  readonly deadlineMs?: string;
  readonly raw?: boolean;
  readonly output?: string;
  /** The whole answer. */
  readonly json?: boolean;
}

/**
 * `trainyard predict`: predictions for instances (JSON), for image files, or for the arrays of an npz file, which are answered as npz.
 *
 * @param named a job's id, or what a model is served as.
 * @throws UserError when it is not said for what, or where an npz is to be written.
 */
export async function predict(client: Client, named: string, options: PredictOptions, print: (line: string) => void): Promise<void> {
  const given = [options.data, options.instances, options.image].filter((one) => one !== undefined);
  if (given.length !== 1) throw new UserError('Say what to predict for: one of --data FILE (.npz or .json), --instances JSON, --image FILE and --source SOURCE');
  const isJob = JobId.safeParse(named).success;
  if (!isJob && options.checkpoint !== undefined) throw new UserError(`--checkpoint is for jobs: ${named} is a name, which says which checkpoint answers`);
  const common: Common = {
    ...(options.checkpoint !== undefined && { checkpoint: options.checkpoint }),
    ...(options.classes === true && { outputs: 'classes' }),
    ...(options.topK !== undefined && { top_k: parseCount('--top-k', options.topK) }),
    ...(options.deadlineMs !== undefined && { deadline_ms: parseCount('--deadline-ms', options.deadlineMs) }),
  };
  if (options.data !== undefined && path.extname(options.data) === '.npz') return predictArchive(client, named, { ...options, data: options.data }, common, print);
  const body = { ...(await bodyOf(options)), ...common };
  const answer = isJob ? await client.jobs.predict(named, body) : await client.models.predict(named, body);
  const text = JSON.stringify(options.json === true ? answer : 'predictions' in answer ? answer.predictions : answer.outputs);
  if (options.output === undefined) return print(text);
  await writeFile(options.output, `${text}\n`);
  print(`Written to ${options.output}`);
}

type Common = { checkpoint?: string; outputs?: 'classes'; top_k?: number; deadline_ms?: number };

async function predictArchive(client: Client, job: string, { data, raw, output }: PredictOptions & { data: string }, { top_k: topK, deadline_ms: deadlineMs, ...common }: Common, print: (line: string) => void): Promise<void> {
  if (topK !== undefined) throw new UserError('--top-k is answered as JSON: give the instances as JSON too');
  if (raw === true) throw new UserError('--raw takes rows as JSON: the arrays of an npz file are what the model takes');
  if (output === undefined) throw new UserError('Predictions for an npz file are an npz file: say where to write it with --output FILE');
  if (!JobId.safeParse(job).success) throw new UserError(`An npz file is predicted for by a job: expected the id of one, received ${job}`);
  await writeFile(output, await client.jobs.predictNpz(job, await readBytes(data), { ...common, ...(deadlineMs !== undefined && { deadlineMs }) }));
  print(`Written to ${output}`);
}

/** What is predicted for, as the body of a request. Images are raw rows: they become inputs as those did that were trained on. */
async function bodyOf({ data, instances, image, raw }: PredictOptions): Promise<{ instances: unknown[]; raw?: boolean } | { inputs: unknown; raw?: boolean }> {
  if (image) return { raw: true, instances: await Promise.all(image.map(async (file) => ({ b64: (await readBytes(file)).toString('base64') }))) };
  const given = data === undefined ? parseJson('--instances', instances ?? '') : parseJson(data, await readText(data));
  return { ...rowsOf(given), ...(raw === true && { raw }) };
}

async function readBytes(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => Promise.reject(asError(fileError(file, error))));
}

/** A list is instances; an object is a predict body of its own. */
function rowsOf(given: unknown): { instances: unknown[] } | { inputs: unknown } {
  if (Array.isArray(given)) return { instances: given };
  if (typeof given === 'object' && given !== null && ('instances' in given || 'inputs' in given)) return given as { instances: unknown[] };
  throw new UserError('Expected a list of instances, or an object with "instances" or "inputs"');
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

export interface DownloadOptions {
  /** Where to write it; default: its own name, here. */
  readonly target?: string | undefined;
  readonly format?: CheckpointFormat;
  readonly json?: boolean;
}

/** `trainyard download`: a checkpoint, complete or not at all. Answers where it was written. */
export async function download(client: Client, job: string, ref: string, { target, format = 'h5', json = false }: DownloadOptions, output: Output): Promise<string> {
  return saveDownload(await client.jobs.downloadCheckpoint(job, ref, { format }), { target, json }, output);
}

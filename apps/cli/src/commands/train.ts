import type { Client } from '@trainyard/client';
import type { JsonObject } from '@trainyard/protocol';
import { silent, toJson, type Output } from '../terminal/output.js';
import { UserError } from '../user-error.js';
import { followJob, reportEnd } from './follow.js';
import { readJobFile, readModelFile, type JobBody } from './job-file.js';
import { uploadFile } from './upload.js';

export interface TrainOptions {
  readonly data?: readonly string[];
  readonly validation?: readonly string[];
  readonly dataset?: string;
  readonly model?: string;
  readonly weights?: string;
  readonly name?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** Asked to stop looking, not to stop the job: the exit code of a program that Ctrl-C ended. */
const detachedCode = 130;

/** `trainyard train`: uploads what the spec needs, creates the job and, if asked to, follows it. Answers the exit code. */
export async function train(client: Client, specFile: string, options: TrainOptions, output: Output, signal: AbortSignal): Promise<number> {
  const shown = options.json === true ? silent : output;
  const print = (line: string): void => shown.write(`${line}\n`);
  const body = await readJobFile(specFile);
  await attachModel(client, body, options, shown);
  attachDataset(body, options);
  await attachData(client, body, 'train', options.data, shown);
  await attachData(client, body, 'validation', options.validation, shown);
  if (options.name !== undefined) body.name = options.name;
  const job = await client.jobs.create(body as JsonObject);
  print(`${job.id} ${job.status}: ${job.model.name}, ${job.model.total_params.toLocaleString('en')} parameters`);
  for (const warning of job.warnings) print(`warning: ${warning.pointer}: ${warning.detail}`);
  if (options.follow === true) return follow(client, job.id, options, output, signal);
  if (options.json === true) output.write(`${toJson(job)}\n`);
  print(`  trainyard follow ${job.id}`);
  return 0;
}

/** `trainyard follow`: shows a job until it ends. Answers 0 when it succeeded, 1 when not, 130 when Ctrl-C came first. */
export async function follow(client: Client, id: string, options: { json?: boolean }, output: Output, signal: AbortSignal): Promise<number> {
  const print = (line: string): void => output.write(`${line}\n`);
  if (options.json === true) return followQuietly(client, id, output, signal);
  const job = await followJob(client, id, output, signal);
  if (job === undefined) {
    print(`The job goes on. To see it again: trainyard follow ${id}; to end it: trainyard stop ${id}`);
    return detachedCode;
  }
  await reportEnd(client, job, print);
  return job.status === 'succeeded' ? 0 : 1;
}

/** Waits for the end, and tells the job alone. */
async function followQuietly(client: Client, id: string, output: Output, signal: AbortSignal): Promise<number> {
  const job = await client.jobs.finished(id, { signal }).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (job === undefined) return detachedCode;
  output.write(`${toJson(job)}\n`);
  return job.status === 'succeeded' ? 0 : 1;
}

async function attachModel(client: Client, body: JobBody, { model, weights }: TrainOptions, output: Output): Promise<void> {
  if (model !== undefined) body.model = (await readModelFile(model)) ?? { uri: await uploadFile(client, model, output) };
  if (body.model === undefined) throw new UserError('The spec has no model: name a file with --model (what model.to_json() gave, its YAML, or a saved model)');
  if (weights !== undefined) body['weights'] = { uri: await uploadFile(client, weights, output) };
}

/** The dataset takes the place of what the training's source names; of the validation's, where that names a dataset too. */
function attachDataset(body: JobBody, { dataset, data }: TrainOptions): void {
  if (dataset === undefined) return;
  if (data !== undefined) throw new UserError('Give either --data or --dataset');
  const { uri: _uri, format: _format, ...train } = body.data?.train ?? {};
  const validation = body.data?.validation;
  body.data = { ...body.data, train: { ...train, dataset }, ...(validation?.['dataset'] !== undefined && { validation: { ...validation, dataset } }) };
}

async function attachData(client: Client, body: JobBody, which: 'train' | 'validation', files: readonly string[] | undefined, output: Output): Promise<void> {
  if (files === undefined) {
    if (which === 'train' && body.data?.train === undefined) throw new UserError('The spec has no data.train: name a file with --data');
    return;
  }
  const uris: string[] = [];
  for (const file of files) uris.push(await uploadFile(client, file, output));
  // Validation data are like the training's, if the spec does not say otherwise.
  const { dataset: _dataset, ...source } = body.data?.[which] ?? body.data?.train ?? {};
  body.data = { ...body.data, [which]: { ...source, uri: uris.length === 1 ? uris[0] : uris } };
}

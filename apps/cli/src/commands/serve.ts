import { curlLines, type Client } from '@trainyard/client';
import { JobId, type AliasTargetBody, type ModelResource } from '@trainyard/protocol';
import type { Credentials } from '../credentials.js';
import { silent, toJson, type Output } from '../terminal/output.js';
import { table } from '../terminal/table.js';
import { UserError } from '../user-error.js';
import { age } from './inspect.js';
import { uploadFile } from './upload.js';

type Print = (line: string) => void;

/**
 * `trainyard serve`: has a checkpoint, or a saved model, answer under a name, and shows how to ask it.
 *
 * @param named `JOB`, `JOB@CHECKPOINT`, `files/…`, or a saved model of this machine, which is uploaded.
 */
export async function serve(client: Client, name: string, named: string, options: { shadow?: string; json?: boolean }, { url, apiKey }: Credentials, out: Output): Promise<void> {
  const shown = options.json === true ? silent : out;
  const target = await targetOf(client, named, shown);
  const shadow = options.shadow === undefined ? null : await targetOf(client, options.shadow, shown);
  const model = await client.models.set(name, { ...target, shadow });
  const print: Print = (line) => out.write(`${line}\n`);
  if (options.json === true) return print(toJson(model));
  print(`${name} is version ${model.version}: ${answersOf(model)}${shadowOf(model)}`);
  for (const line of Object.values(curlLines(await client.models.metadata(name), { url, withKey: apiKey !== undefined }))) print(`  ${line}`);
}

async function targetOf(client: Client, named: string, out: Output): Promise<AliasTargetBody> {
  const [job = '', ...ref] = named.split('@');
  if (JobId.safeParse(job).success) return { job, ...(ref.length > 0 && { checkpoint: ref.join('@') }) };
  if (named.startsWith('files/')) return { uri: named };
  if (/^job_/.test(named)) throw new UserError(`${named}: expected the id of a job, job_ and 26 characters, with @checkpoint behind it where you like`);
  return { uri: await uploadFile(client, named, out) };
}

/** `trainyard models`: what answers under which name. */
export async function models(client: Client, options: { limit: number; json?: boolean }, print: Print): Promise<void> {
  const { data } = await client.models.list({ limit: options.limit });
  if (options.json === true) return print(toJson(data));
  const rows = data.map((model) => [model.name, String(model.version), answersOf(model), model.shadow === null ? '' : sourceOf(model.shadow), age(model.updated_at)]);
  for (const line of table(['MODEL', 'VERSION', 'ANSWERS', 'SHADOW', 'SINCE'], rows)) print(line);
}

/** `trainyard rollback`: an earlier version answers again. */
export async function rollBack(client: Client, name: string, version: number | undefined, options: { json?: boolean }, print: Print): Promise<void> {
  const model = await client.models.rollBack(name, version);
  if (options.json === true) return print(toJson(model));
  print(`${name} is version ${model.version} again: ${answersOf(model)}`);
}

type Split = ModelResource['split'];

/** `final.h5 of job_…`, or each with its part of the requests. */
function answersOf({ split }: ModelResource): string {
  if (split.length === 1) return split.map(sourceOf).join('');
  const sum = split.reduce((total, { weight }) => total + weight, 0);
  return split.map((target) => `${Number(((100 * target.weight) / sum).toPrecision(3))} % ${sourceOf(target)}`).join(', ');
}

const sourceOf = ({ job, filename, uri }: Pick<Split[number], 'job' | 'filename' | 'uri'>): string => (job === null ? (uri ?? filename) : `${filename} of ${job}`);

const shadowOf = ({ shadow }: ModelResource): string => (shadow === null ? '' : `, with the shadow ${sourceOf(shadow)}`);

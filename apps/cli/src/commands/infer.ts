import type { Client } from '@trainyard/client';
import type { InferenceInput } from '@trainyard/protocol';
import type { Output } from '../terminal/output.js';
import { UserError } from '../user-error.js';
import { saveDownload } from './download-file.js';
import { sourceOf } from './source.js';
import { follow } from './train.js';

export interface InferOptions {
  readonly checkpoint?: string;
  readonly batchSize?: number;
  readonly steps?: number;
  readonly name?: string;
  readonly detach?: boolean;
}

/**
 * `trainyard evaluate`: Keras's `evaluate` of a checkpoint on a whole source, as a job that is followed. Answers the exit code.
 *
 * @param source see `sourceOf`.
 */
export async function evaluate(client: Client, job: string, source: string, options: InferOptions, out: Output, signal: AbortSignal): Promise<number> {
  const { id } = await client.jobs.evaluate(job, await bodyOf(client, source, options, out));
  if (options.detach === true) return detached(id, out);
  return follow(client, id, {}, out, signal);
}

/** `trainyard predict --source`: predictions of a whole source, as a job that is followed; its archive is written to `output`. Answers the exit code. */
export async function predictSource(client: Client, job: string, { source, output, ...options }: InferOptions & { source: string; output?: string }, out: Output, signal: AbortSignal): Promise<number> {
  if (output === undefined && options.detach !== true) throw new UserError('Predictions of a source are an npz file: say where to write it with --output FILE, or leave them in storage with --detach');
  const { id } = await client.jobs.predictSource(job, await bodyOf(client, source, options, out));
  if (options.detach === true || output === undefined) return detached(id, out);
  const code = await follow(client, id, {}, out, signal);
  if (code === 0) await saveDownload(await client.jobs.downloadPredictions(id), { target: output }, out);
  return code;
}

async function bodyOf(client: Client, source: string, { checkpoint, batchSize, steps, name }: InferOptions, out: Output): Promise<InferenceInput> {
  return {
    data: await sourceOf(client, source, out),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(batchSize !== undefined && { batch_size: batchSize }),
    ...(steps !== undefined && { steps }),
    ...(name !== undefined && { name }),
  };
}

function detached(id: string, out: Output): number {
  out.write(`${id} queued\n  trainyard follow ${id}\n`);
  return 0;
}

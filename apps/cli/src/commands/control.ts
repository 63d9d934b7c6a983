import type { Client } from '@trainyard/client';
import { endOf } from './follow.js';
import { isTerminal } from '@trainyard/protocol';

type Print = (line: string) => void;

/** `trainyard stop`: Keras's `model.stop_training = True`. */
export async function stop(client: Client, id: string, print: Print): Promise<void> {
  const job = await client.jobs.stop(id);
  print(isTerminal(job.status) ? endOf(job).join('\n') : `${job.id} will end after the batch that it trains`);
}

/** `trainyard cancel`: wound up to a final checkpoint, or killed. */
export async function cancel(client: Client, id: string, options: { kill?: boolean }, print: Print): Promise<void> {
  const job = await client.jobs.cancel(id, options.kill === true ? 'kill' : 'checkpoint');
  print(isTerminal(job.status) ? endOf(job).join('\n') : `${job.id} is being cancelled`);
}

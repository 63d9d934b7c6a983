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

/** `trainyard pause`: a snapshot is kept, the worker is free. */
export async function pause(client: Client, id: string, print: Print): Promise<void> {
  const job = await client.jobs.pause(id);
  print(job.status === 'paused' ? `${job.id} is paused` : `${job.id} is being paused`);
}

/** `trainyard resume` and `trainyard retry`: back to the queue. */
export async function requeue(client: Client, id: string, how: 'resume' | 'retry', print: Print): Promise<void> {
  const job = await client.jobs[how](id);
  print(`${job.id} is queued, and goes on from its last snapshot`);
}

/** `trainyard continue`: a new job that goes on from the end of one. */
export async function continueJob(client: Client, id: string, options: { epochs: number; name?: string }, print: Print): Promise<void> {
  const job = await client.jobs.continue(id, options);
  print(`${job.id} goes on from ${id}, until epoch ${options.epochs}`);
}

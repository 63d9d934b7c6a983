import type { Client } from '@trainyard/client';
import { isTerminal, type Job } from '@trainyard/protocol';
import { endOf } from './follow.js';

/** A job as it is after a command, and what there is to say of it. */
export interface Told {
  readonly job: Job;
  readonly text: string;
}

const told = (job: Job, underWay: string): Told => ({ job, text: isTerminal(job.status) ? endOf(job).join('\n') : `${job.id} ${underWay}` });

/** `trainyard stop`: Keras's `model.stop_training = True`. */
export const stop = async (client: Client, id: string): Promise<Told> => told(await client.jobs.stop(id), 'will end after the batch that it trains');

/** `trainyard cancel`: wound up to a final checkpoint, or killed. */
export const cancel = async (client: Client, id: string, { kill = false }: { kill?: boolean }): Promise<Told> => told(await client.jobs.cancel(id, kill ? 'kill' : 'checkpoint'), 'is being cancelled');

/** `trainyard pause`: a snapshot is kept, the worker is free. */
export async function pause(client: Client, id: string): Promise<Told> {
  const job = await client.jobs.pause(id);
  return told(job, job.status === 'paused' ? 'is paused' : 'is being paused');
}

/** `trainyard resume` and `trainyard retry`: back to the queue. */
export const requeue = async (client: Client, id: string, how: 'resume' | 'retry'): Promise<Told> => told(await client.jobs[how](id), 'is queued, and goes on from its last snapshot');

/** `trainyard continue`: a new job that goes on from the end of one. */
export const continueJob = async (client: Client, id: string, options: { epochs: number; name?: string }): Promise<Told> => told(await client.jobs.continue(id, options), `goes on from ${id}, until epoch ${options.epochs}`);

import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@trainyard/client';
import type { JobEvent, JobRequestInput } from '@trainyard/protocol';

import type { JobsOptions } from './run-jobs.js';
import type { BenchService } from './service.js';
import { readEventFile } from './event-file.js';

/** What a job goes through until it trains, in order. */
export const milestones = ['answered', 'claimed', 'loading_data', 'building', 'restoring', 'training', 'first_step', 'second_step', 'finished'] as const;
export type Milestone = (typeof milestones)[number];

/** Milliseconds from sending the POST, as far as the job has passed them. */
export type JobTimes = Readonly<Partial<Record<Milestone, number>>>;

/** Sends jobs one after the other to a worker that waits for them, and says when each came how far. */
export async function timeFirstSteps(service: BenchService, request: JobRequestInput, options: Pick<JobsOptions, 'warmUp' | 'alone' | 'pauseMs' | 'say'>): Promise<JobTimes[]> {
  const { warmUp, alone, pauseMs, say } = options;
  const taken: JobTimes[] = [];
  for (let number = 1 - warmUp; number <= alone; number++) {
    await sleep(pauseMs);
    const times = await timeJob(service, request);
    if (number > 0) taken.push(times);
    say(`${number > 0 ? `job ${number} of ${alone}` : 'a job to warm up'}: first step after ${times.first_step?.toFixed(0)} ms`);
  }
  return taken;
}

/**
 * All clocks are this machine's: ours for the POST, the database's for events (`created_at` is when the event's
 * transaction began), the training process's for steps (the wall time of its TensorBoard scalars).
 */
async function timeJob(service: BenchService, request: JobRequestInput): Promise<JobTimes> {
  const { client } = service;
  const posted = Date.now();
  const { id } = await client.jobs.create(request);
  const answered = Date.now();
  const ended = await succeeded(client, id);
  const { data: events } = await client.jobs.listEvents(id, { limit: 1000 });
  const at: Partial<Record<Milestone, number>> = { answered, ...eventTimes(events), ...(await stepTimes(service, id)), finished: Date.parse(ended) };
  if (at.first_step === undefined) throw new Error(`${id}: expected a TensorBoard scalar of step 1, received none`);
  return Object.fromEntries(Object.entries(at).map(([name, time]) => [name, time - posted]));
}

/** When the job finished. @throws Error unless it has succeeded. */
export async function succeeded(client: Client, id: string): Promise<string> {
  const { status, error, finished_at: finishedAt } = await client.jobs.finished(id);
  if (status !== 'succeeded' || finishedAt === null) throw new Error(`${id}: expected it to succeed, received ${status}: ${error?.message}`);
  return finishedAt;
}

function eventTimes(events: readonly JobEvent[]): Partial<Record<Milestone, number>> {
  const at: Partial<Record<Milestone, number>> = {};
  for (const event of events) {
    const name = event.type === 'phase' ? event.data.phase : event.type === 'status' && event.data.status === 'running' ? 'claimed' : undefined;
    const milestone = milestones.find((known) => known === name);
    if (milestone !== undefined) at[milestone] ??= Date.parse(event.created_at);
  }
  return at;
}

/** Each step's metrics are added to the TensorBoard log when the step has been trained. */
async function stepTimes(service: BenchService, id: string): Promise<Partial<Record<Milestone, number>>> {
  const { data: files } = await service.client.jobs.tensorboard(id);
  const at: Partial<Record<Milestone, number>> = {};
  for (const { path } of files) {
    for (const { step, tags, wallTimeMs } of readEventFile(await service.tensorBoardFile(id, path))) {
      if (!tags.some((tag) => tag.startsWith('batch_'))) continue;
      if (step === 1) at.first_step ??= wallTimeMs;
      if (step === 2) at.second_step ??= wallTimeMs;
    }
  }
  return at;
}

import type { Client } from '@trainyard/client';
import type { Job } from '@trainyard/protocol';
import { historyTable } from '../terminal/history-table.js';
import type { Output } from '../terminal/output.js';
import { kerasMetrics } from '../terminal/keras-bar.js';
import { TrainingView } from '../terminal/training-view.js';
import { followInference } from './follow-inference.js';
import { pause } from './pause.js';

const pollMs = 1_000;

/**
 * Shows a job until it ends, its epochs as they come, and answers it as it is then. `signal` ends the showing, not the job;
 * the answer is undefined then.
 */
export async function followJob(client: Client, id: string, output: Output, signal: AbortSignal): Promise<Job | undefined> {
  if (signal.aborted) return undefined;
  const { kind, fit, fit_generator: generator } = await client.jobs.get(id);
  if (kind !== 'train') return followInference(client, id, output, signal);
  const view = new TrainingView(output, fit?.epochs ?? generator?.epochs ?? null);
  const ended = new AbortController();
  const waiting = showQueue(client, id, view, AbortSignal.any([signal, ended.signal]));
  try {
    for await (const item of client.jobs.events(id, { signal })) {
      if (item.type === 'progress') view.showProgress(item.progress, item.latest_metrics);
      else view.showEvent(item);
    }
    view.close();
    return await client.jobs.get(id);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    ended.abort();
    await waiting;
    view.close();
  }
}

/** How many jobs are before this one is no event: while it waits, the job is read. */
async function showQueue(client: Client, id: string, view: TrainingView, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // That the server is away is told by the events' stream, which goes on by itself.
    const job = await client.jobs.get(id, { signal }).catch(() => undefined);
    if (signal.aborted || job?.status !== 'queued') return;
    view.showQueued(job.queue_position);
    await pause(pollMs, signal);
  }
}

/** What is said of a job that has ended: its History, how it ended, and what to do next. */
export async function reportEnd(client: Client, job: Job, print: (line: string) => void): Promise<void> {
  if (job.kind === 'train') await reportHistory(client, job, print);
  for (const line of endOf(job)) print(line);
}

async function reportHistory(client: Client, job: Job, print: (line: string) => void): Promise<void> {
  const history = await client.jobs.history(job.id);
  if (history.epoch.length === 0) return;
  print('');
  for (const line of historyTable(history)) print(line);
  print('');
}

export function endOf(job: Job): string[] {
  switch (job.status) {
    case 'succeeded':
      return [`${job.id} succeeded (${(job.stop_reason ?? 'completed').replace('_', ' ')})`, ...resultOf(job)];
    case 'failed': {
      const place = job.error?.pointer == null ? '' : `${job.error.pointer}: `;
      return [`${job.id} failed: ${place}${job.error?.message ?? 'for an unknown reason'}${job.error === null ? '' : ` (${job.error.code})`}`];
    }
    case 'cancelled':
      return [`${job.id} was cancelled`];
    case 'queued':
    case 'running':
    case 'paused':
      return [`${job.id} is ${job.status}`];
  }
}

function resultOf({ id, kind, metrics, predictions }: Job): string[] {
  switch (kind) {
    case 'train':
      return [`  trainyard download ${id}     trainyard predict ${id} --data FILE`];
    case 'evaluate':
      return metrics === null ? [] : [kerasMetrics(metrics).replace(/^ - /, '')];
    case 'predict':
      return predictions === null ? [] : predictions.arrays.map(({ name, dtype, shape }) => `  ${name}: ${dtype} [${shape.join(', ')}]`);
  }
}

import type { Client } from '@trainyard/client';
import type { Job } from '@trainyard/protocol';
import { historyTable } from '../terminal/history-table.js';
import type { Output } from '../terminal/output.js';
import { TrainingView } from '../terminal/training-view.js';

const pollMs = 1_000;

/**
 * Shows a job until it ends, its epochs as they come, and answers it as it is then. `signal` ends the showing, not the job;
 * the answer is undefined then.
 */
export async function followJob(client: Client, id: string, output: Output, signal: AbortSignal): Promise<Job | undefined> {
  if (signal.aborted) return undefined;
  const { fit, fit_generator: generator } = await client.jobs.get(id);
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

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/** What is said of a job that has ended: its History, how it ended, and what to do next. */
export async function reportEnd(client: Client, job: Job, print: (line: string) => void): Promise<void> {
  const history = await client.jobs.history(job.id);
  if (history.epoch.length > 0) {
    print('');
    for (const line of historyTable(history)) print(line);
    print('');
  }
  for (const line of endOf(job)) print(line);
}

export function endOf(job: Job): string[] {
  switch (job.status) {
    case 'succeeded':
      return [`${job.id} succeeded (${(job.stop_reason ?? 'completed').replace('_', ' ')})`, `  trainyard download ${job.id}     trainyard predict ${job.id} --data FILE`];
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

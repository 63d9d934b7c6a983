import { listJobs, presentJob, queuePositions, type Database, type ListJobs } from '@trainyard/database';
import type { Job, JobChanges } from '@trainyard/protocol';
import type { EventStream } from '../http/event-stream.js';

const pollMs = 1_000;

/** A page of jobs as they are presented. */
export async function readPage(database: Database, query: ListJobs): Promise<{ jobs: Job[]; hasMore: boolean }> {
  const { jobs, hasMore } = await listJobs(database, query);
  const positions = await queuePositions(database, jobs);
  return { jobs: jobs.map((job) => presentJob(job, positions.get(job.id) ?? null)), hasMore };
}

/** Sends a page of jobs, and from then on what has changed on it: jobs that came, changed, or are not on it any more. */
export async function watchJobs(database: Database, query: ListJobs, stream: EventStream): Promise<void> {
  let told: ReadonlyMap<string, string> | undefined;
  let toldMore = false;
  while (!stream.signal.aborted) {
    const { jobs, hasMore } = await readPage(database, query);
    const now = new Map(jobs.map((job) => [job.id, JSON.stringify(job)]));
    const changes: JobChanges = {
      data: jobs.filter(({ id }) => told?.get(id) !== now.get(id)),
      gone: [...(told?.keys() ?? [])].filter((id) => !now.has(id)),
      has_more: hasMore,
    };
    if (told === undefined || changes.data.length > 0 || changes.gone.length > 0 || hasMore !== toldMore) await stream.send({ event: 'jobs', data: changes });
    [told, toldMore] = [now, hasMore];
    await stream.pause(pollMs);
  }
}

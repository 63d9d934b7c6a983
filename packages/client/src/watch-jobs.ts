import type { Job, JobChanges, List } from '@trainyard/protocol';
import { openEvents, passes, pauseBeforeTry } from './event-stream.js';
import type { Http, Query } from './http.js';

/**
 * A page of jobs, and the page again whenever something on it has changed, until the signal aborts. A connection that breaks is
 * made again.
 *
 * @throws ApiProblem when the server refuses for a reason that does not pass, what aborted the signal.
 */
export async function* watchJobs(http: Http, query: Query, signal?: AbortSignal): AsyncGenerator<List<Job>> {
  for (let failures = 0; ; ) {
    const known = new Map<string, Job>();
    try {
      for await (const { event, data } of openEvents(http, '/v1/jobs', { query, signal })) {
        if (event !== 'jobs') continue; // of a later version
        failures = 0;
        const { data: changed, gone, has_more } = JSON.parse(data) as JobChanges;
        for (const job of changed) known.set(job.id, job);
        for (const id of gone) known.delete(id);
        yield pageOf([...known.values()], query.order === 'asc', has_more);
      }
    } catch (error) {
      if (!passes(error)) throw error;
    }
    failures++;
    await pauseBeforeTry(failures, signal);
  }
}

/** Ids sort by creation. */
function pageOf(jobs: Job[], ascending: boolean, has_more: boolean): List<Job> {
  const data = jobs.sort((a, b) => (a.id < b.id === ascending ? -1 : 1));
  return { object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more };
}

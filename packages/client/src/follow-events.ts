import { isTerminal, type Job, type JobEvent, type Metrics, type Progress } from '@trainyard/protocol';
import { openEvents, passes, pauseBeforeTry } from './event-stream.js';
import type { Http } from './http.js';

/** How far the job is, between its events. */
export interface ProgressUpdate {
  readonly type: 'progress';
  readonly progress: Progress;
  readonly latest_metrics: Metrics;
}

export type StreamItem = JobEvent | ProgressUpdate;

export interface FollowOptions {
  /** Events with a higher number; default: all. */
  readonly after?: number;
  readonly signal?: AbortSignal;
}

/**
 * A job's events as they come, until it has ended. A connection that breaks is made again, and goes on behind the last
 * event: none is missed, none comes twice.
 *
 * @throws ApiProblem when the server refuses for a reason that does not pass.
 */
export async function* followEvents(http: Http, jobId: string, { after = 0, signal }: FollowOptions = {}): AsyncGenerator<StreamItem> {
  const path = `/v1/jobs/${encodeURIComponent(jobId)}`;
  let seen = after;
  for (let failures = 0; ; ) {
    try {
      for await (const item of stream(http, `${path}/events`, seen, signal)) {
        failures = 0;
        if (item.type !== 'progress') seen = item.seq;
        yield item;
      }
      // The stream came to its end: the job has ended, or the server closes.
      const { status } = await http.json<Job>(path, { signal });
      if (isTerminal(status) && (await isLast(http, path, seen, signal))) return;
    } catch (error) {
      if (!passes(error)) throw error;
    }
    failures++;
    await pauseBeforeTry(failures, signal);
  }
}

async function isLast(http: Http, path: string, seen: number, signal: AbortSignal | undefined): Promise<boolean> {
  const { data } = await http.json<{ data: unknown[] }>(`${path}/events`, { query: { after: seen, limit: 1 }, signal });
  return data.length === 0;
}

async function* stream(http: Http, path: string, after: number, signal: AbortSignal | undefined): AsyncGenerator<StreamItem> {
  for await (const { event, data } of openEvents(http, path, { lastEventId: after, signal })) {
    const parsed = JSON.parse(data) as JobEvent | Omit<ProgressUpdate, 'type'>;
    yield event === 'progress' ? { type: 'progress', ...(parsed as Omit<ProgressUpdate, 'type'>) } : (parsed as JobEvent);
  }
}

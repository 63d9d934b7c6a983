import { useQueryClient } from '@tanstack/react-query';
import type { ProgressUpdate } from '@trainyard/client';
import { isTerminal, type Job, type JobEvent } from '@trainyard/protocol';
import { useEffect, useRef, useState } from 'react';
import { useInView } from '../connection/use-in-view.js';
import { useClient } from '../session/api-context.js';
import { latestEvents } from './latest-events.js';

/** Events that are kept for display, the last ones, besides those that tell of attempts. */
const kept = 5_000;
/** Events come in bursts: a page that changes four times a second is live enough. */
const flushMs = 250;
const refreshMs = 1_000;

export const jobKey = (id: string) => ['jobs', id, 'job'] as const;

/**
 * Follows a job's event stream while the page is looked at: keeps what is known of the job up to date, and answers its events.
 * A stream that breaks is made again; what the page missed comes then.
 */
export function useJobFeed(id: string, status: Job['status'] | undefined): { events: readonly JobEvent[]; error: Error | undefined } {
  const client = useClient();
  const queries = useQueryClient();
  const [events, setEvents] = useState<readonly JobEvent[]>([]);
  const [error, setError] = useState<Error>();
  // A job that has ended and is retried has events again.
  const ended = status !== undefined && isTerminal(status);
  const known = status !== undefined;
  const inView = useInView();
  /** The last one that came: a page that is looked at again goes on behind it. */
  const last = useRef<{ readonly id: string; readonly seq: number }>(undefined);

  useEffect(() => {
    if (!known || !inView) return;
    const after = last.current?.id === id ? last.current.seq : 0;
    const end = new AbortController();
    let waiting: JobEvent[] = [];
    let progress: ProgressUpdate | undefined;
    let news = new Set<JobEvent['type']>();
    const flush = (): void => {
      if (waiting.length > 0) {
        const came = waiting;
        waiting = [];
        last.current = { id, seq: came.at(-1)?.seq ?? 0 };
        setEvents((before) => latestEvents([...before.filter(({ seq }) => seq < (came[0]?.seq ?? 0)), ...came], kept));
        for (const { type } of came) news.add(type);
        if (news.has('status')) refresh();
      }
      if (progress !== undefined) {
        const { progress: now, latest_metrics } = progress;
        progress = undefined;
        queries.setQueryData<Job>(jobKey(id), (job) => job && { ...job, progress: now, latest_metrics });
      }
    };
    /** Reads anew what the events of the last while have changed. A request that is under way is not begun again: epochs may end faster than it is answered. */
    const refresh = (): void => {
      const types = news;
      news = new Set();
      const has = (...some: JobEvent['type'][]): boolean => some.some((type) => types.has(type));
      const read = (...key: string[]): void => void queries.invalidateQueries({ queryKey: ['jobs', id, ...key] }, { cancelRefetch: false });
      if (has('status')) return void queries.invalidateQueries({ queryKey: ['jobs', id] }); // with its end, the last of everything
      if (has('phase', 'intent', 'metrics', 'plan', 'checkpoint')) read('job');
      if (has('metrics', 'rewound')) read('history');
      if (has('checkpoint', 'pruned', 'rewound')) read('checkpoints');
    };
    const timers = [setInterval(flush, flushMs), setInterval(refresh, refreshMs)];
    const follow = async (): Promise<void> => {
      try {
        for await (const item of client.jobs.events(id, { after, signal: end.signal })) {
          if (item.type === 'progress') progress = item;
          else waiting.push(item);
        }
      } catch (thrown) {
        if (!end.signal.aborted) setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
      flush();
    };
    void follow();
    return () => {
      timers.forEach(clearInterval);
      end.abort();
    };
  }, [client, queries, id, known, ended, inView]);

  return { events, error };
}

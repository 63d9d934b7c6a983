import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { isTerminal, type Job } from '@trainyard/protocol';
import { useCallback, useEffect, useState } from 'react';
import { useInView } from '../connection/use-in-view.js';
import { useClient } from '../session/api-context.js';
import type { JobFilter } from './filter.js';
import { mergePage, noRows, replaceJob, withoutJobs, type JobRows } from './job-rows.js';

/** Of the API's list. Half of it is more than a screen shows. */
const pageSize = 100;

export interface JobList extends JobRows {
  readonly error: Error | null;
  readonly loading: boolean;
  /** Reads the next older page, unless it is being read. */
  readonly readMore: () => void;
  /** Says which rows are seen: they are kept up to date. */
  readonly watch: (first: number, last: number) => void;
  readonly update: (job: Job) => void;
  readonly remove: (ids: ReadonlySet<string>) => void;
}

/** The list of jobs, read as far as it is looked at, and kept up to date where it is seen. */
export function useJobRows(filter: JobFilter): JobList {
  const client = useClient();
  const queries = useQueryClient();
  const [seen, setSeen] = useState({ first: 0, last: 0 });
  const key = rowsKey(filter);
  // Streams write it.
  const { data } = useQuery<JobRows>({ queryKey: key, queryFn: skipToken, gcTime: 60_000, structuralSharing: false });
  const rows = data ?? noRows;

  const newest = useWatchedPage(filter, undefined, true);
  // Rows that are seen below the first page, while something may still happen to them.
  const begin = Math.max(pageSize, seen.first - (seen.first % (pageSize / 2)));
  const lively = rows.jobs.slice(begin, seen.last + 1).some(({ status }) => !isTerminal(status));
  const below = useWatchedPage(filter, rows.jobs[begin - 1]?.id, lively);

  const more = useQuery({
    queryKey: ['jobs-more', filter],
    enabled: false,
    queryFn: async ({ signal }) => {
      const known = queries.getQueryData<JobRows>(key) ?? noRows;
      const after = known.jobs.at(-1)?.id;
      if (known.complete || after === undefined) return null;
      const page = await client.jobs.list({ ...pageOf(filter), after }, { signal });
      queries.setQueryData<JobRows>(key, (current = noRows) => mergePage(current, page, after));
      return null;
    },
  });

  const { isFetching, refetch } = more;
  return {
    ...rows,
    error: newest ?? below ?? more.error,
    loading: data === undefined,
    readMore: useCallback(() => {
      if (!isFetching) void refetch();
    }, [isFetching, refetch]),
    watch: useCallback((first: number, last: number) => setSeen((before) => (before.first === first && before.last === last ? before : { first, last })), []),
    update: (job) => queries.setQueryData<JobRows>(key, (current = noRows) => replaceJob(current, job)),
    remove: (ids) => queries.setQueryData<JobRows>(key, (current = noRows) => withoutJobs(current, ids)),
  };
}

const rowsKey = (filter: JobFilter) => ['jobs', filter] as const;
const pageOf = (filter: JobFilter) => ({ kind: 'train', ...filter, limit: pageSize }) as const;

/** Follows what changes on a page of the list while it is looked at. @returns why it cannot be followed */
function useWatchedPage(filter: JobFilter, after: string | undefined, wanted: boolean): Error | null {
  const client = useClient();
  const queries = useQueryClient();
  const inView = useInView();
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    if (!wanted || !inView) return;
    const end = new AbortController();
    const follow = async (): Promise<void> => {
      try {
        for await (const page of client.jobs.watch({ ...pageOf(filter), ...(after === undefined ? {} : { after }) }, { signal: end.signal })) {
          setError(null);
          queries.setQueryData<JobRows>(rowsKey(filter), (rows = noRows) => mergePage(rows, page, after));
        }
      } catch (thrown) {
        if (!end.signal.aborted) setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    };
    void follow();
    return () => end.abort();
  }, [client, queries, filter, after, wanted, inView]);
  return error;
}

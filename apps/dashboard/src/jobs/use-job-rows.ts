import { useQuery, useQueryClient } from '@tanstack/react-query';
import { isTerminal, type Job } from '@trainyard/protocol';
import { useCallback, useState } from 'react';
import { useClient } from '../session/api-context.js';
import type { JobFilter } from './filter.js';
import { mergePage, noRows, replaceJob, withoutJobs, type JobRows } from './job-rows.js';

const pageSize = 100;
const pollMs = 2_000;

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
  const key = ['jobs', filter];
  const [seen, setSeen] = useState({ first: 0, last: 0 });

  // The rows are the data of one query: it reads pages anew, and merges them into what is there.
  const query = useQuery({
    queryKey: key,
    refetchInterval: pollMs,
    staleTime: 0,
    gcTime: 60_000,
    structuralSharing: false,
    queryFn: async ({ signal }) => {
      const read = async (after: string | undefined): Promise<void> => {
        const page = await client.jobs.list({ kind: 'train', ...filter, limit: pageSize, ...(after === undefined ? {} : { after }) }, { signal });
        queries.setQueryData<JobRows>(key, (rows = noRows) => mergePage(rows, page, after));
      };
      await read(undefined);
      const rows = queries.getQueryData<JobRows>(key) ?? noRows;
      // Rows that are seen below the first page, while something may still happen to them.
      const below = rows.jobs.slice(Math.max(seen.first, pageSize), seen.last + 1);
      if (below.some(({ status }) => !isTerminal(status))) await read(rows.jobs[Math.max(seen.first, pageSize) - 1]?.id);
      return queries.getQueryData<JobRows>(key) ?? noRows;
    },
  });
  const rows = query.data ?? noRows;

  const more = useQuery({
    queryKey: ['jobs-more', filter],
    enabled: false,
    queryFn: async ({ signal }) => {
      const known = queries.getQueryData<JobRows>(key) ?? noRows;
      const after = known.jobs.at(-1)?.id;
      if (known.complete || after === undefined) return null;
      const page = await client.jobs.list({ kind: 'train', ...filter, limit: pageSize, after }, { signal });
      queries.setQueryData<JobRows>(key, (current = noRows) => mergePage(current, page, after));
      return null;
    },
  });

  const { isFetching, refetch } = more;
  return {
    ...rows,
    error: query.error ?? more.error,
    loading: query.isPending,
    readMore: useCallback(() => {
      if (!isFetching) void refetch();
    }, [isFetching, refetch]),
    watch: useCallback((first: number, last: number) => setSeen((before) => (before.first === first && before.last === last ? before : { first, last })), []),
    update: (job) => queries.setQueryData<JobRows>(key, (current = noRows) => replaceJob(current, job)),
    remove: (ids) => queries.setQueryData<JobRows>(key, (current = noRows) => withoutJobs(current, ids)),
  };
}

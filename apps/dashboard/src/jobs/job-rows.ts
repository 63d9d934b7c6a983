import type { Job, List } from '@trainyard/protocol';

/** Jobs as far as they have been read: newest first, without a gap from the newest on. */
export interface JobRows {
  readonly jobs: readonly Job[];
  /** Whether there are no older ones. */
  readonly complete: boolean;
}

export const noRows: JobRows = { jobs: [], complete: false };

type Page = Pick<List<Job>, 'data' | 'last_id' | 'has_more'>;

/**
 * Takes in a page of the list. It tells all there is to tell of its stretch: of the jobs after `after` (or from the newest
 * on), down to its last one, or to the end of the list. So what is known in that stretch and is not on the page is gone,
 * deleted or outside the filter by now.
 *
 * @param after as the page was asked for
 */
export function mergePage({ jobs, complete }: JobRows, page: Page, after: string | undefined): JobRows {
  const last = page.has_more ? page.last_id : null;
  const isOlder = ({ id }: Job): boolean => last !== null && id < last;
  const isNewer = ({ id }: Job): boolean => after !== undefined && id >= after;
  const older = jobs.filter(isOlder);
  const gap = after === undefined && last !== null && older.length === jobs.length && jobs.length > 0;
  if (gap) return { jobs: page.data, complete: false }; // more new jobs than a page has: what lies between is not known
  return { jobs: [...jobs.filter(isNewer), ...page.data, ...older], complete: complete || !page.has_more };
}

/** Replaces what is known of one job. */
export function replaceJob(rows: JobRows, job: Job): JobRows {
  return { ...rows, jobs: rows.jobs.map((known) => (known.id === job.id ? job : known)) };
}

/** Leaves out jobs that have been deleted. */
export const withoutJobs = (rows: JobRows, ids: ReadonlySet<string>): JobRows => ({ ...rows, jobs: rows.jobs.filter(({ id }) => !ids.has(id)) });

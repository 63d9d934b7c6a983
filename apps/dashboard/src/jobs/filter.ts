import type { ListJobsQuery } from '@trainyard/client';
import { JobKind, JobStatus } from '@trainyard/protocol';
import { z } from 'zod';

/** Which jobs are listed: in the page's address, so that a list can be kept and handed on. What cannot be read there is left out. */
export const JobsSearch = z.object({
  status: z.array(JobStatus).optional().catch(undefined),
  /** Trainings where it is left out: the others are found by them. */
  kind: JobKind.optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  /** `team=nlp, stage=final` */
  metadata: z.string().optional().catch(undefined),
});
export type JobsSearch = z.output<typeof JobsSearch>;

export type JobFilter = Pick<ListJobsQuery, 'kind' | 'status' | 'name' | 'metadata'>;

/** Entries as they are typed: `key=value`, separated by commas. Undefined while an entry is not whole. */
export function parseMetadata(text: string): Record<string, string> | undefined {
  const entries = text.split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
  const pairs = entries.map((entry) => /^([^=]+)=(.*)$/.exec(entry));
  if (pairs.some((pair) => pair === null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [(pair?.[1] ?? '').trim(), (pair?.[2] ?? '').trim()]));
}

/** What the API is asked for. */
export function toFilter({ status, kind, name, metadata = '' }: JobsSearch): JobFilter {
  const entries = parseMetadata(metadata) ?? {};
  return {
    ...(status !== undefined && status.length > 0 ? { status } : {}),
    ...(kind === undefined ? {} : { kind }),
    ...(name !== undefined && name !== '' ? { name } : {}),
    ...(Object.keys(entries).length > 0 ? { metadata: entries } : {}),
  };
}

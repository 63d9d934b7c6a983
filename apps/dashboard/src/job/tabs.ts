import type { JobKind } from '@trainyard/protocol';
import { z } from 'zod';

export const jobTabs = ['curves', 'result', 'checkpoints', 'evaluations', 'model', 'configuration', 'events', 'logs', 'attempts', 'resources'] as const;
export type JobTab = (typeof jobTabs)[number];

/** What of a job is shown, in the page's address. */
export const JobSearch = z.object({ tab: z.enum(jobTabs).optional().catch(undefined) });

const ofTrainings: ReadonlySet<JobTab> = new Set(['curves', 'checkpoints', 'evaluations'] as const);
const ofInferences: ReadonlySet<JobTab> = new Set(['result'] as const);

/** What there is to show of a job of this kind, the most interesting first. */
export const tabsOf = (kind: JobKind): readonly JobTab[] => jobTabs.filter((tab) => !(kind === 'train' ? ofInferences : ofTrainings).has(tab));

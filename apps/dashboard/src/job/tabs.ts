import { z } from 'zod';

export const jobTabs = ['curves', 'checkpoints', 'model', 'configuration', 'events', 'logs', 'attempts'] as const;

/** What of a job is shown, in the page's address. */
export const JobSearch = z.object({ tab: z.enum(jobTabs).optional().catch(undefined) });

import { z } from 'zod';
import { JobId } from '../ids.js';
import { Job } from './job.js';

/** What has changed on a page of jobs since it was told last. The first of a stream tells the whole page. */
export const JobChanges = z.object({
  data: z.array(Job).meta({ description: 'Jobs that came onto the page, or changed' }),
  gone: z.array(JobId).meta({ description: 'Jobs that are not on it any more' }),
  has_more: z.boolean(),
});
export type JobChanges = z.infer<typeof JobChanges>;

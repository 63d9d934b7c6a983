import { z } from 'zod';
import { JobId } from './ids.js';
import { Intent } from './job/status.js';

/** What travels through the queue: which attempt of which job is due. Everything else is read from the database. */
export const Delivery = z.strictObject({ job: JobId, attempt: z.int().min(1) });
export type Delivery = z.infer<typeof Delivery>;

/** Told to workers for speed; the job's row holds it too, and is what counts. */
export const IntentMessage = z.strictObject({ job: JobId, intent: Intent });
export type IntentMessage = z.infer<typeof IntentMessage>;

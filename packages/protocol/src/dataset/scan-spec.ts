import { z } from 'zod';
import { DatasetId } from '../ids.js';
import { Limits, Resources } from '../request/job-request.js';
import { Source } from '../request/source.js';

/** What an attempt that scans a dataset works by: stored on the row of a job of kind `scan`. */
export const ScanSpec = z.strictObject({
  /** Raised when old specs need to be read differently. */
  version: z.literal(1),
  dataset: DatasetId,
  source: Source,
  priority: z.int(),
  resources: Resources,
  limits: Limits,
});
export type ScanSpec = z.output<typeof ScanSpec>;

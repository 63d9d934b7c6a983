import { z } from 'zod';
import { Timestamp } from './job/job.js';

/** A user's file; `uri` is what a source or weights name it by. */
export const FileResource = z
  .object({
    object: z.literal('file'),
    path: z.string(),
    uri: z.string(),
    bytes: z.int(),
    etag: z.string(),
    modified_at: Timestamp,
  })
  .meta({ id: 'File' });
export type FileResource = z.infer<typeof FileResource>;

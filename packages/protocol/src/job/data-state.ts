import { z } from 'zod';
import { Fitted } from '../request/transform.js';
import { InputRecipe } from './input-recipe.js';

/** An object of a source, as it was when it was listed. */
export const PinnedShard = z.strictObject({
  /** As users write it: `files/train/0001.npz`. */
  name: z.string(),
  key: z.string(),
  bytes: z.int(),
  etag: z.string(),
});
export type PinnedShard = z.infer<typeof PinnedShard>;

/**
 * What the first attempt of a job found out about its data, and all others keep to: the very files, and what transforms
 * learnt from those that the model is trained on. An object in storage, which the job's row names; predictions read it to
 * take raw rows.
 */
export const DataState = z.strictObject({
  /** Raised when old ones need to be read differently. */
  version: z.literal(1),
  train: z.strictObject({
    shards: z.array(PinnedShard),
    fitted: Fitted,
    /** Older states lack it: their jobs predict from arrays only. */
    inputs: InputRecipe.optional(),
    /** Of outputs whose classes have names, these in the order of their numbers; null for a class that stands for unknown words. */
    classes: z.record(z.string(), z.array(z.string().nullable())).optional(),
  }),
  validation: z.strictObject({ shards: z.array(PinnedShard) }).nullable(),
});
export type DataState = z.infer<typeof DataState>;

/** What a scan found out about a dataset for the jobs that name it; likewise an object. */
export const DatasetState = z.strictObject({ version: z.literal(1), shards: z.array(PinnedShard) });
export type DatasetState = z.infer<typeof DatasetState>;

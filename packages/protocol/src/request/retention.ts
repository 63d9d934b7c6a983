import { z } from 'zod';

const keepLastCheckpoints = z.int().min(1).max(1_000_000).nullable().meta({ description: 'So many of the newest; `final` and `best` stay besides, and those that another job works from. Null: all.' });
const deleteAfterDays = z.int().min(1).max(36_500).nullable().meta({ description: 'A job that has ended is deleted so many days later, with its checkpoints and logs. Null: never.' });

/** What is kept of a job and how long, as it was settled when the job was created. */
export const Retention = z.strictObject({
  keep_last_checkpoints: keepLastCheckpoints,
  delete_after_days: deleteAfterDays,
});
export type Retention = z.infer<typeof Retention>;

/** As users write it: what is left out is as the server does by default; null keeps. */
export const RetentionRequest = z.strictObject({
  keep_last_checkpoints: keepLastCheckpoints.optional(),
  delete_after_days: deleteAfterDays.optional(),
});
export type RetentionRequest = z.infer<typeof RetentionRequest>;

export const keepEverything: Retention = { keep_last_checkpoints: null, delete_after_days: null };

export function settleRetention(asked: RetentionRequest, otherwise: Retention): Retention {
  const { keep_last_checkpoints = otherwise.keep_last_checkpoints, delete_after_days = otherwise.delete_after_days } = asked;
  return { keep_last_checkpoints, delete_after_days };
}

import { z } from 'zod';
import { CheckpointId, JobId } from '../ids.js';
import { Metrics, MetricValue } from '../json.js';
import { Timestamp } from './job.js';
import { LogLevel } from './event.js';

/** `GET /v1/jobs/{id}/history`: Keras's `History`, its three attributes. */
export const HistoryResource = z
  .object({
    epoch: z.array(z.int()),
    history: z.record(z.string(), z.array(MetricValue.nullable())).meta({ description: 'A metric that an epoch does not have (validation every few epochs, say) is null there.' }),
    params: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'History' });
export type HistoryResource = z.infer<typeof HistoryResource>;

export const CheckpointKind = z.enum(['model', 'weights']);
export const CheckpointLabel = z.enum(['best', 'latest', 'final']);
export type CheckpointLabel = z.infer<typeof CheckpointLabel>;

export const Checkpoint = z
  .object({
    id: CheckpointId,
    object: z.literal('checkpoint'),
    job: JobId,
    filename: z.string(),
    epoch: z.int().nullable().meta({ description: 'The epoch at whose end it was written, from 0; null when none had ended.' }),
    step: z.int(),
    kind: CheckpointKind,
    metrics: Metrics,
    bytes: z.int(),
    sha256: z.string(),
    created_at: Timestamp,
    labels: z.array(CheckpointLabel),
  })
  .meta({ id: 'Checkpoint' });
export type Checkpoint = z.infer<typeof Checkpoint>;

/** `GET /v1/jobs/{id}/metrics`: one list of values a metric, in step with `step` (`epoch` and `time` likewise). */
export const StepMetrics = z
  .object({
    step: z.array(z.int()),
    epoch: z.array(z.int()),
    metrics: z.record(z.string(), z.array(MetricValue.nullable())),
  })
  .meta({ id: 'StepMetrics' });
export type StepMetrics = z.infer<typeof StepMetrics>;

/** What the process of an attempt took of its machine at a moment. */
export const ResourceSample = z
  .object({
    attempt: z.int(),
    at: Timestamp,
    /** Of one core, since the sample before: 250 is two and a half cores. */
    cpu_percent: z.number(),
    memory_mb: z.int(),
    /** What the job may take; null: all that there is. */
    memory_limit_mb: z.int().nullable(),
    /** Null without a GPU, or where its driver does not say. */
    gpu_memory_mb: z.int().nullable(),
  })
  .meta({ id: 'ResourceSample' });
export type ResourceSample = z.infer<typeof ResourceSample>;

/** `GET /v1/jobs/{id}/resources`: oldest first, of all attempts. */
export const ResourceSamples = z.object({ object: z.literal('list'), data: z.array(ResourceSample) });
export type ResourceSamples = z.infer<typeof ResourceSamples>;

export const LogLine = z.object({
  seq: z.int(),
  attempt: z.int(),
  level: LogLevel,
  message: z.string(),
  created_at: Timestamp,
});
export type LogLine = z.infer<typeof LogLine>;

export const TensorBoardFile = z.object({ path: z.string(), bytes: z.int(), modified_at: Timestamp });
export type TensorBoardFile = z.infer<typeof TensorBoardFile>;

/** Where TensorBoard shows the event files of jobs: a path of the API's. */
export const TensorBoardPage = z.object({ object: z.literal('tensorboard'), url: z.string() });
export type TensorBoardPage = z.infer<typeof TensorBoardPage>;

/** A page of a list, oldest or newest first; ask for the next one with `after` = `last_id`. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    object: z.literal('list'),
    data: z.array(item),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  });
export interface List<T> {
  object: 'list';
  data: T[];
  first_id: string | null;
  last_id: string | null;
  has_more: boolean;
}

import { z } from 'zod';
import { CheckpointId, JobId } from '../ids.js';
import { Compile } from '../request/compile.js';
import { JobName, Limits, Metadata, Resources } from '../request/job-request.js';
import { ResolvedSource } from '../request/job-source.js';
import { Architecture } from '../request/model.js';
import { Retention } from '../request/retention.js';
import { Webhook } from '../request/webhook.js';
import { BatchSize, Steps } from './inference-body.js';

/**
 * What an attempt that evaluates, or predicts for a whole source, works by: stored on the row of a job of kind `evaluate` or
 * `predict` when the job is created, and never changed.
 */
export const InferenceSpec = z.strictObject({
  /** Raised when old specs need to be read differently. */
  version: z.literal(1),
  name: JobName.nullable(),
  metadata: Metadata,
  priority: z.int(),
  /** Of the job that trained the checkpoint. */
  architecture: Architecture,
  /** Likewise: what is evaluated. Null where there are only predictions. */
  compile: Compile.nullable(),
  checkpoint: z.strictObject({
    job: JobId,
    id: CheckpointId,
    filename: z.string(),
    key: z.string().min(1),
    /** The object with what was learnt from the data that the job was trained on; null where it kept none. */
    data_key: z.string().nullable(),
  }),
  data: ResolvedSource,
  batch_size: BatchSize,
  steps: Steps,
  resources: Resources,
  limits: Limits,
  retention: Retention,
  webhook: Webhook.nullable(),
});
export type InferenceSpec = z.output<typeof InferenceSpec>;

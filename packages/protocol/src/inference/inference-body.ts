import { z } from 'zod';
import { JobName, Limits, Metadata, Resources } from '../request/job-request.js';
import { JobSource } from '../request/job-source.js';
import { CheckpointRef } from '../request/model.js';
import { RetentionRequest } from '../request/retention.js';
import { Webhook } from '../request/webhook.js';

export const BatchSize = z.int().min(1).max(1_000_000);
/** Batches that are taken of the source; null: as many as it has. */
export const Steps = z.int().min(1).max(1_000_000_000).nullable();

const fields = {
  name: JobName.nullable().default(null),
  metadata: Metadata.default({}),
  priority: z.int().min(-1000).max(1000).default(0),
  checkpoint: CheckpointRef.optional().meta({ description: 'Default: `final`, or `latest` while there is none.' }),
  data: JobSource.meta({ description: "What it leaves out is as in the job's `data.train`: columns, how files of the same format are read, transforms." }),
  batch_size: BatchSize.default(32).meta({ description: "A stateful model's own counts instead." }),
  steps: Steps.default(null),
  resources: Resources.prefault({}),
  limits: z.strictObject({ max_attempts: Limits.shape.max_attempts }).prefault({}),
  retention: z.strictObject({ delete_after_days: RetentionRequest.shape.delete_after_days }).prefault({}),
  webhook: Webhook.optional(),
};

/** The body of `POST /v1/jobs/{id}/evaluate`: Keras's `evaluate`, or with `steps` its `evaluate_generator`. */
export const EvaluateBody = z.strictObject(fields).meta({ id: 'EvaluateBody' });

/** The body of `POST /v1/jobs/{id}/predictions`: Keras's `predict`, or with `steps` its `predict_generator`. */
export const PredictionsBody = z.strictObject(fields).meta({ id: 'PredictionsBody' });

/** Either body: they have the same fields. */
export type InferenceBody = z.output<typeof EvaluateBody>;
/** The same as users write it. */
export type InferenceInput = z.input<typeof EvaluateBody>;

import { z } from 'zod';
import { ErrorCodeSchema } from '../errors/problem.js';
import { CheckpointId, JobId } from '../ids.js';
import { PredictedArray } from '../inference/inference-result.js';
import { JsonObject, Metrics, MetricValue } from '../json.js';
import { Callback } from '../request/callbacks.js';
import { Compile } from '../request/compile.js';
import { Fit, FitGenerator } from '../request/fit.js';
import { JobName, Limits, Metadata, Resources } from '../request/job-request.js';
import { ResolvedSource } from '../request/job-source.js';
import { Retention } from '../request/retention.js';
import { Webhook } from '../request/webhook.js';
import { Intent, JobPhase, JobStatus, StopReason } from './status.js';

export const Timestamp = z.iso.datetime();

/** Why a job failed, or what its last attempt met. */
export const JobError = z.object({
  code: ErrorCodeSchema,
  message: z.string(),
  pointer: z.string().nullable().meta({ description: "Into the job's request, or null when it is not about the request." }),
  retryable: z.boolean(),
});
export type JobError = z.infer<typeof JobError>;

export const Progress = z.object({
  epoch: z.int().meta({ description: 'The epoch that runs, from 0; `epochs` when all have run.' }),
  epochs: z.int(),
  step: z.int().meta({ description: 'Batches trained (evaluated, predicted for), over the whole job.' }),
  steps_per_epoch: z.int().nullable(),
  fraction: z.number(),
  eta_s: z.number().nullable().meta({ description: 'Seconds; null while there is nothing to estimate by.' }),
});
export type Progress = z.infer<typeof Progress>;

export const Best = z.object({
  monitor: z.string(),
  value: MetricValue,
  epoch: z.int(),
  checkpoint: CheckpointId.nullable(),
});
export type Best = z.infer<typeof Best>;

export const Warning = z.object({ pointer: z.string(), detail: z.string() });
export type Warning = z.infer<typeof Warning>;

export const ModelSummary = z.object({
  class_name: z.string(),
  name: z.string(),
  total_params: z.int(),
});
export type ModelSummary = z.infer<typeof ModelSummary>;

/** How steps are executed (`steps_per_run`, `xla`); what is left out is not done. */
export const Plan = JsonObject;

/** `train`: what `POST /v1/jobs` makes. `evaluate`, `predict`: a checkpoint of such a job, applied to a whole source. */
export const JobKind = z.enum(['train', 'evaluate', 'predict']);
export type JobKind = z.infer<typeof JobKind>;

/** What an evaluation, or predictions of a whole source, are computed from. */
export const Inference = z.object({
  job: JobId.meta({ description: 'The job that trained the checkpoint.' }),
  checkpoint: CheckpointId,
  filename: z.string(),
  data: ResolvedSource,
  batch_size: z.int(),
  steps: z.int().nullable(),
});
export type Inference = z.infer<typeof Inference>;

/** The resource `/v1/jobs/{id}`. What only one kind of job has is null, or empty, in the others. */
export const Job = z
  .object({
    id: JobId,
    object: z.literal('job'),
    kind: JobKind,
    name: z.string().nullable(),
    metadata: Metadata,
    status: JobStatus,
    phase: JobPhase.nullable(),
    intent: Intent.nullable(),
    stop_reason: StopReason.nullable(),
    attempt: z.int(),
    max_attempts: z.int(),
    queue_position: z.int().nullable().meta({ description: 'How many queued jobs run before this one; null unless it is queued.' }),
    plan: Plan.nullable().meta({ description: 'Null before the first step.' }),
    progress: Progress.nullable(),
    latest_metrics: Metrics,
    best: Best.nullable(),
    metrics: Metrics.nullable().meta({ description: "Null before an evaluation has ended: then what Keras's `evaluate` answers, by name." }),
    predictions: z.object({ bytes: z.int(), sha256: z.string(), arrays: z.array(PredictedArray) }).nullable().meta({ description: 'Null before all rows have been predicted for: then what `…/predictions/content` has.' }),
    inference: Inference.nullable().meta({ description: 'Null for a training.' }),
    seed: z.int().nullable(),
    priority: z.int(),
    model: ModelSummary,
    compile: Compile.nullable(),
    data: z.object({ train: ResolvedSource, validation: ResolvedSource.nullable() }).nullable(),
    fit: Fit.nullable(),
    fit_generator: FitGenerator.nullable(),
    callbacks: z.array(Callback),
    resources: Resources,
    limits: Limits,
    continued: z.object({ job: JobId, checkpoint: CheckpointId }).nullable().meta({ description: 'The job that this one goes on from.' }),
    retention: Retention,
    webhook: Webhook.extend({
      disabled_at: Timestamp.nullable().meta({ description: 'When its receiver answered 410 (Gone): nothing is sent any more until a test is answered with success.' }),
    }).nullable(),
    error: JobError.nullable(),
    warnings: z.array(Warning),
    created_at: Timestamp,
    queued_at: Timestamp.nullable(),
    started_at: Timestamp.nullable(),
    finished_at: Timestamp.nullable(),
    expires_at: Timestamp.nullable().meta({ description: 'When it will be deleted, by its retention; null while it has not ended, or is kept.' }),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

/** The body of `POST /v1/jobs/{id}/continue`; what is left out is as in the job that is continued. */
export const ContinueBody = z.strictObject({
  epochs: z.int().min(1).max(2 ** 31 - 1).meta({ description: "Keras's `epochs`: the epoch at which training ends, more than have been trained." }),
  name: JobName.nullable().optional(),
  metadata: Metadata.optional(),
  priority: z.int().min(-1000).max(1000).optional(),
  callbacks: z.array(Callback).max(100).optional(),
  resources: Resources.optional(),
  limits: Limits.optional(),
});
export type ContinueBody = z.output<typeof ContinueBody>;

export const CancelBody = z.strictObject({
  mode: z.enum(['checkpoint', 'kill']).default('checkpoint').meta({ description: '`checkpoint`: to a final checkpoint, then `cancelled`. `kill`: at once.' }),
});

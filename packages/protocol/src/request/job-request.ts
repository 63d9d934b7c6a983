import { z } from 'zod';
import { Callback } from './callbacks.js';
import { Compile } from './compile.js';
import { Fit, FitGenerator } from './fit.js';
import { ModelSource, WeightsSource } from './model.js';
import { JobSource } from './job-source.js';
import { RetentionRequest } from './retention.js';
import { plainText } from './text.js';
import { Webhook } from './webhook.js';

export const JobName = plainText(1, 200);

/** Up to 16 labels of the user's own, to find jobs by. */
export const Metadata = z
  .record(plainText(1, 64), plainText(0, 512))
  .refine((metadata) => Object.keys(metadata).length <= 16, { error: 'expected at most 16 entries' });

export const Seed = z.int().min(0).max(2 ** 32 - 1);

export const Resources = z.strictObject({
  device: z.string().regex(/^(auto|cpu|gpu(:\d{1,2})?)$/, 'expected "auto", "cpu", "gpu" or "gpu:<number>"').default('auto').meta({ description: '`auto`: a GPU where there is one. `gpu:1`: that one.' }),
  gpu_memory_fraction: z.number().gt(0).max(1).nullable().default(null).meta({ description: "TensorFlow's `per_process_gpu_memory_fraction`." }),
  allow_growth: z.boolean().nullable().default(null),
  memory_limit_mb: z.int().min(64).max(2 ** 30).nullable().default(null).meta({ description: "Of the training process's host memory, in MB of 2^20 bytes." }),
});
export type Resources = z.infer<typeof Resources>;

export const Limits = z.strictObject({
  max_runtime_s: z.int().min(1).max(31_536_000).nullable().default(null).meta({ description: 'Seconds of running, over all attempts; then the job succeeds with `stop_reason: "max_runtime"`.' }),
  max_attempts: z.int().min(1).max(100).default(5).meta({ description: 'Attempts that may end without having stored a snapshot.' }),
});
export type Limits = z.infer<typeof Limits>;

/** The body of `POST /v1/jobs`. */
export const JobRequest = z
  .strictObject({
    name: JobName.nullable().default(null),
    metadata: Metadata.default({}),
    seed: Seed.optional().meta({ description: 'Drawn by the server where it is left out.' }),
    priority: z.int().min(-1000).max(1000).default(0).meta({ description: 'Higher runs first.' }),
    model: ModelSource,
    weights: z.union([WeightsSource, z.array(WeightsSource).max(100)]).optional(),
    trainable: z.record(z.string().min(1), z.boolean()).default({}).meta({ description: 'Layer name or glob (`block1_*`) → whether it is trained; later entries win.' }),
    compile: Compile.optional(),
    data: z.strictObject({ train: JobSource, validation: JobSource.optional() }),
    fit: Fit.optional(),
    fit_generator: FitGenerator.optional(),
    callbacks: z.array(Callback).max(100).default([]),
    resources: Resources.prefault({}),
    limits: Limits.prefault({}),
    retention: RetentionRequest.prefault({}),
    webhook: Webhook.optional(),
  })
  .refine((request) => request.fit === undefined || request.fit_generator === undefined, {
    error: 'expected either `fit` (data in memory) or `fit_generator` (data streamed), received both',
    path: ['fit_generator'],
  })
  .meta({ id: 'JobRequest' });
/** A request that was parsed: defaults are filled, nothing outside of it has been looked at. */
export type JobRequest = z.output<typeof JobRequest>;
/** A request as users write it. */
export type JobRequestInput = z.input<typeof JobRequest>;

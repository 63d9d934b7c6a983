import { z } from 'zod';
import { CheckpointId, JobId } from '../ids.js';
import { Timestamp } from '../job/job.js';

/** A tensor that a model takes or answers; null is a dimension that is not known before the data is, the rows above all. */
export const TensorSpec = z.object({ name: z.string(), dtype: z.enum(['float32', 'int32']), shape: z.array(z.int().nullable()) });
export type TensorSpec = z.infer<typeof TensorSpec>;

/** What a model takes and what it answers, in the model's order. */
export const Signature = z.object({ inputs: z.array(TensorSpec), outputs: z.array(TensorSpec) });
export type Signature = z.infer<typeof Signature>;

/** What answers: a checkpoint of a job, or a copy of a file that was trained elsewhere. */
const ModelTarget = z.object({
  job: JobId.nullable(),
  checkpoint: CheckpointId,
  filename: z.string(),
  uri: z.string().nullable().meta({ description: 'Of the file, when it was copied.' }),
});

const Split = z.array(ModelTarget.extend({ weight: z.number() }));

/** What was asked of a shadow, and how its answers compare. */
export const ShadowReport = z.object({
  asked: z.int(),
  different: z.int().meta({ description: 'Answers that differ by more than rounding does.' }),
  failed: z.int().meta({ description: 'Requests that it could not answer.' }),
  skipped: z.int().meta({ description: 'Requests that it was not asked, as too many were under way.' }),
  max_difference: z.number().nullable().meta({ description: 'The largest difference between two numbers.' }),
});
export type ShadowReport = z.infer<typeof ShadowReport>;

const Shadow = ModelTarget.extend({ report: ShadowReport }).nullable();

/** What answered under the name from some time on. Of a job, each checkpoint is a version; its number is the checkpoint's step. */
export const ModelVersion = z.object({ version: z.int(), split: Split, shadow: Shadow, created_at: Timestamp });
export type ModelVersion = z.infer<typeof ModelVersion>;

/** TensorFlow Serving's. */
export const ModelVersionStatus = z.object({
  version: z.string(),
  state: z.literal('AVAILABLE'),
  status: z.object({ error_code: z.literal('OK'), error_message: z.literal('') }),
});
export type ModelVersionStatus = z.infer<typeof ModelVersionStatus>;

/** `GET /v1/models/{name}`: what answers under a name, in our words and in TensorFlow Serving's. */
export const ModelResource = z
  .object({
    object: z.literal('model'),
    name: z.string(),
    kind: z.enum(['alias', 'job']),
    version: z.int().meta({ description: 'The version that answers, whose `split` and `shadow` these are.' }),
    split: Split,
    shadow: Shadow,
    versions: z.array(ModelVersion).meta({ description: 'Newest first.' }),
    created_at: Timestamp,
    updated_at: Timestamp,
    model_version_status: z.array(ModelVersionStatus),
  })
  .meta({ id: 'Model' });
export type ModelResource = z.infer<typeof ModelResource>;

const TensorInfo = z.object({
  name: z.string(),
  dtype: z.string(),
  tensor_shape: z.object({ dim: z.array(z.object({ size: z.string(), name: z.string() })), unknown_rank: z.boolean() }),
});

/** `GET /v1/models/{name}/metadata`, as TensorFlow Serving answers it. */
export const ModelMetadata = z
  .object({
    model_spec: z.object({ name: z.string(), signature_name: z.string(), version: z.string() }),
    metadata: z.object({
      signature_def: z.object({
        signature_def: z.record(z.string(), z.object({ inputs: z.record(z.string(), TensorInfo), outputs: z.record(z.string(), TensorInfo), method_name: z.string() })),
      }),
    }),
  })
  .meta({ id: 'ModelMetadata' });
export type ModelMetadata = z.infer<typeof ModelMetadata>;

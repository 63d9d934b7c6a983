import { z } from 'zod';
import { CheckpointId, JobId } from '../ids.js';
import { JsonObject } from '../json.js';

/** One of a job's checkpoints: its id, its filename, `best`, `latest`, `final` or `epoch-N` (N from 0). */
export const CheckpointRef = z.string().min(1).max(1024);

const fileUri = z
  .string()
  .max(2048)
  .regex(/^(files\/.+|s3:\/\/[^/]+\/.+)$/s, 'expected "files/<path>" or "s3://<bucket>/<key>"');

/** A model out of a job of the same project, together with the weights of one of its checkpoints. */
const FromJob = z.strictObject({ job: JobId, checkpoint: CheckpointRef.default('final') });

/** Whether the training goes on with the state of the optimizer, too: its moments, its number of steps, its learning rate. */
const optimizer_state = z.boolean().default(false);

/** What `model.to_json()` gave, as an object. Everything inside is read, and checked, by the model's parser. */
const ModelJson = z.looseObject({ class_name: z.string().min(1), config: z.unknown() });

/** The model to train: its JSON as an object or as the string itself, its YAML, a saved model, or another job's. */
export const ModelSource = z
  .union([
    z.string().min(1),
    ModelJson,
    z.strictObject({ yaml: z.string().min(1) }),
    z.strictObject({ uri: fileUri, optimizer_state }),
    FromJob.extend({ optimizer_state }),
  ])
  .meta({ id: 'ModelSource' });
export type ModelSource = z.infer<typeof ModelSource>;

const weightsOptions = {
  by_name: z.boolean().default(false).meta({ description: "Match layers by name instead of by position (Keras's `load_weights(by_name=True)`)." }),
  skip_mismatch: z.boolean().default(false).meta({ description: 'With `by_name`: leave out layers whose shapes do not fit, instead of failing.' }),
  into: z.string().min(1).nullable().default(null).meta({ description: "The nested model to fill, by its layer's name." }),
};

/** Weights to start from: an `.h5` file (of weights, or a whole model), a `.keras`, or a job's checkpoint. */
export const WeightsSource = z
  .union([z.strictObject({ uri: fileUri, ...weightsOptions }), FromJob.extend(weightsOptions)])
  .meta({ id: 'WeightsSource' });
export type WeightsSource = z.infer<typeof WeightsSource>;

/** Weights as a job's spec names them: a file, or the very checkpoint that a ref meant when the job was created. */
export const ResolvedWeights = z.strictObject({
  from: z.union([
    z.strictObject({ uri: fileUri }),
    z.strictObject({ job: JobId, checkpoint: CheckpointId, key: z.string().min(1) }),
  ]),
  by_name: z.boolean(),
  skip_mismatch: z.boolean(),
  into: z.string().nullable(),
  optimizer_state: z.boolean().default(false).meta({ description: 'Of a whole model: also the state of its optimizer.' }),
});
export type ResolvedWeights = z.infer<typeof ResolvedWeights>;

/** The architecture as a job's spec holds it: Keras's model JSON as it was received. */
export const Architecture = JsonObject;

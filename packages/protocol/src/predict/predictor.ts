import { z } from 'zod';
import { CheckpointId, JobId } from '../ids.js';
import { CheckpointKind } from '../job/results.js';

const tensors = z.union([
  z.strictObject({ instances: z.array(z.unknown()).min(1) }),
  z.strictObject({ inputs: z.unknown() }),
  /** The bytes of an npz archive with one array an input. */
  z.strictObject({ npz_base64: z.string() }),
]);

/**
 * `POST {PREDICTOR_URL}/predict`, from the API to a predictor. Refs are resolved: the predictor reads objects and needs no
 * database.
 *
 * With `accept: "json"` the answer is `{"predictions"}` (to instances) or `{"outputs"}` (to inputs or npz); with `"npz"`
 * it is an npz archive with one array an output. Errors are problems (RFC 9457), which the API hands on.
 */
export const PredictorRequest = z.strictObject({
  project: z.string().min(1),
  job: JobId,
  checkpoint: z.strictObject({ id: CheckpointId, kind: CheckpointKind, key: z.string().min(1), /** Of the file, in hexadecimal. */ sha256: z.string().min(1) }),
  /** The model's JSON text; null when the checkpoint is a whole model, which carries its own. */
  model: z.string().nullable(),
  tensors,
  /** Tensors are rows as the job's files have them, not the model's inputs: the object with its `DataState`, by which they become those. */
  raw: z.strictObject({ data_key: z.string().min(1) }).nullable(),
  outputs: z.enum(['probabilities', 'classes']),
  /** `name`, `name[call]` or `name[call][output]`. */
  layers: z.array(z.string()).nullable(),
  batch_size: z.int().min(1),
  accept: z.enum(['json', 'npz']),
});
export type PredictorRequest = z.infer<typeof PredictorRequest>;

export const PredictorAnswer = z.union([
  z.object({ predictions: z.array(z.unknown()) }),
  z.object({ outputs: z.unknown() }),
]);
export type PredictorAnswer = z.infer<typeof PredictorAnswer>;

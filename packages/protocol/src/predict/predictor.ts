import { z } from 'zod';
import { CheckpointId, JobId } from '../ids.js';
import { CheckpointKind } from '../job/results.js';

/** An array whose bytes are a part of the frame: its elements, little-endian, in C order. */
export const FramedArray = z.strictObject({
  name: z.string(),
  dtype: z.enum(['float32', 'float64', 'int32', 'int64', 'uint8', 'bool']),
  shape: z.array(z.int().min(0)),
});
export type FramedArray = z.infer<typeof FramedArray>;

const tensors = z.union([
  z.strictObject({ instances: z.array(z.unknown()).min(1) }),
  z.strictObject({ inputs: z.unknown() }),
  /** The frame's only part is an npz archive with one array an input. */
  z.strictObject({ npz: z.literal(true) }),
  /** The frame's parts are these arrays, by the inputs' names. */
  z.strictObject({ arrays: z.array(FramedArray) }),
]);

/**
 * `POST {PREDICTOR_URL}/predict`, from the API to a predictor, as JSON or, where bytes go with it, as a frame. Refs are resolved:
 * the predictor reads objects and needs no database.
 *
 * With `accept: "json"` the answer is `{"predictions"}` (to instances) or `{"outputs"}` (to anything else); with `"npz"`
 * it is an npz archive with one array an output; with `"arrays"` a frame of a `PredictorArrays` and their bytes. Errors are problems
 * (RFC 9457), which the API hands on.
 */
export const PredictorRequest = z.strictObject({
  project: z.string().min(1),
  /** Null: the checkpoint is of no job, but a file that a user brought. */
  job: JobId.nullable(),
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
  accept: z.enum(['json', 'npz', 'arrays']),
});
export type PredictorRequest = z.infer<typeof PredictorRequest>;

export const PredictorAnswer = z.union([
  z.object({ predictions: z.array(z.unknown()) }),
  z.object({ outputs: z.unknown() }),
]);
export type PredictorAnswer = z.infer<typeof PredictorAnswer>;

/** The JSON of a frame that is answered. */
export const PredictorArrays = z.object({ arrays: z.array(FramedArray) });
export type PredictorArrays = z.infer<typeof PredictorArrays>;

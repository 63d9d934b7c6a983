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
  /** Rows as the job's files have them, by row or by column: with `raw`, and only with it. */
  z.strictObject({ instances: z.array(z.unknown()).min(1) }),
  z.strictObject({ inputs: z.unknown() }),
  /** The frame's only part is an npz archive with one array an input. */
  z.strictObject({ npz: z.literal(true) }),
  /** The frame's parts are these arrays, by the inputs' names. */
  z.strictObject({ arrays: z.array(FramedArray) }),
]);

/** How long a prediction may take where nobody says. */
export const defaultDeadlineMs = 60_000;
/** The longest that may be asked for. */
export const maxDeadlineMs = 600_000;

/**
 * How a model is served, where that is not for the predictor's environment to say. Of requests for one checkpoint that
 * differ the stricter number counts for those that are joined.
 */
export const ServingSettings = z.strictObject({
  /** Rows of several requests that are predicted for at once, at most; 1: requests are never joined. */
  max_batch_size: z.int().min(1).max(100_000).optional(),
  /** How long a request may be held back for others to join it. */
  max_delay_ms: z.number().min(0).max(10_000).optional(),
  /** Requests that are waiting or being answered, at most. */
  max_queue: z.int().min(1).max(1_000_000).optional(),
  /** Whether the model stays loaded though others would need its room. What was last said counts. */
  pinned: z.boolean().optional(),
});
export type ServingSettings = z.infer<typeof ServingSettings>;

/**
 * `POST {PREDICTOR_URL}/predict`, from the API to a predictor, as JSON or, where bytes go with it, as a frame. Refs are resolved:
 * the predictor reads objects and needs no database.
 *
 * With `accept: "json"` the answer is a `PredictorAnswer`; with `"npz"` it is an npz archive with one array an output; with
 * `"arrays"` a frame of a `PredictorArrays` and their bytes. With `top_k` each row of
 * an output is a list of `ScoredClass`, the largest score first. Errors are problems (RFC 9457), which the API hands on.
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
  /** Answers, in the place of each row's values, so many of the largest with their indices: JSON only. */
  top_k: z.int().min(1).nullable().default(null),
  /** The object with the job's `DataState`, which may know what the classes are called. Of use with `top_k` only. */
  classes: z.strictObject({ data_key: z.string().min(1) }).nullable().default(null),
  /** `name`, `name[call]` or `name[call][output]`. */
  layers: z.array(z.string()).nullable(),
  batch_size: z.int().min(1),
  accept: z.enum(['json', 'npz', 'arrays']),
  /** An answer that takes longer is of no use. */
  deadline_ms: z.int().min(1).max(maxDeadlineMs).default(defaultDeadlineMs),
  serving: ServingSettings.default({}),
});
export type PredictorRequest = z.infer<typeof PredictorRequest>;
/** `POST {PREDICTOR_URL}/saved-model`: a checkpoint as `saved_model.pb`, as bytes. Errors are problems. */
export const ExportRequest = PredictorRequest.pick({ checkpoint: true, model: true }).extend({
  /** The object with the job's `DataState`, which tells the shapes of rows where the model leaves them open. */
  data: z.strictObject({ data_key: z.string().min(1) }).nullable(),
});
export type ExportRequest = z.infer<typeof ExportRequest>;

/** As it is sent. */
export type PredictorRequestInput = z.input<typeof PredictorRequest>;

/** Outputs as nested lists: the only one as it is, several by name. */
export const PredictorAnswer = z.object({ outputs: z.union([z.array(z.unknown()), z.record(z.string(), z.array(z.unknown()))]) });
export type PredictorAnswer = z.infer<typeof PredictorAnswer>;

/** The JSON of a frame that is answered. */
export const PredictorArrays = z.object({ arrays: z.array(FramedArray) });
export type PredictorArrays = z.infer<typeof PredictorArrays>;

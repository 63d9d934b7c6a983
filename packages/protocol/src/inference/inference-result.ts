import { z } from 'zod';
import { Metrics } from '../json.js';
import { DType } from '../request/transform.js';

/** An array of an archive of predictions. */
export const PredictedArray = z.object({
  /** The model's name of the output. */
  name: z.string(),
  dtype: DType,
  shape: z.array(z.int()),
});
export type PredictedArray = z.infer<typeof PredictedArray>;

/** What came of a job of kind `evaluate` or `predict`, on its row. */
export const InferenceResult = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('evaluate'), metrics: Metrics }),
  z.strictObject({
    kind: z.literal('predict'),
    /** The archive in storage. */
    key: z.string(),
    bytes: z.int(),
    sha256: z.string(),
    arrays: z.array(PredictedArray),
  }),
]);
export type InferenceResult = z.infer<typeof InferenceResult>;

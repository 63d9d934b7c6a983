import { z } from 'zod';
import { MetricValue } from '../json.js';
import { CheckpointRef } from '../request/model.js';
import { maxDeadlineMs } from './predictor.js';

/** See `top_k` of `PredictBody`. */
export const TopK = z.int().min(1).max(1000);
/** See `deadline_ms` of `PredictBody`. */
export const DeadlineMs = z.int().min(1).max(maxDeadlineMs);

const options = {
  checkpoint: CheckpointRef.optional().meta({ description: 'Default: `final`, or `latest` while there is none.' }),
  outputs: z.enum(['probabilities', 'classes']).default('probabilities').meta({ description: "`classes`: the index of the largest value (or value > 0.5 where there is only one), as Keras's `predict_classes`." }),
  layers: z.array(z.string().min(1)).min(1).max(100).optional().meta({ description: "Answers the outputs of these layers instead of the model's. Of a layer that is called more than once, `conv[1]` is the second call; of a call with several outputs, `lstm[0][2]` is the third one." }),
  batch_size: z.int().min(1).max(100_000).default(32),
  top_k: TopK.optional().meta({ description: 'Answers, in the place of the last axis of each output, its `top_k` largest values as `{index, score, class}`, the largest first; `class` where the job knows what its classes are called. An output of one value a row is the score of class 1, and class 0 has what is left to 1.' }),
  deadline_ms: DeadlineMs.optional().meta({ description: 'Milliseconds after which no answer is wanted any more. Default: 60000.' }),
  raw: z.boolean().default(false).meta({ description: "Rows are as in the files that the job was trained on, and become the model's inputs as those did: by the transforms of its source, with what they have learnt. A row is `{column: value}`, or the value where the model's only input is made of one column." }),
  signature_name: z.literal('serving_default').optional().meta({ description: "TensorFlow Serving's; there is only the default one." }),
};

const Instances = z.array(z.unknown()).min(1);
const Inputs = z.unknown().refine((inputs) => inputs !== undefined && inputs !== null, { error: 'expected inputs' });

/**
 * The body of `POST /v1/jobs/{id}/predict`. `instances`: one entry a row (a value, or `{input: value}`), answered as
 * `predictions`. `inputs`: one tensor with all rows (or `{input: tensor}`), answered as `outputs`; with `raw`, a list of
 * values (or `{column: list}`).
 */
export const PredictBody = z
  .union([z.strictObject({ instances: Instances, ...options }), z.strictObject({ inputs: Inputs, ...options })])
  .meta({ id: 'PredictBody' });
export type PredictBody = z.output<typeof PredictBody>;

/** The answer: `predictions` by row, or `outputs` by column. `checkpoint` is the id of the one that answered. */
export const PredictAnswer = z
  .union([
    z.object({ predictions: z.array(z.unknown()), checkpoint: z.string() }),
    z.object({ outputs: z.unknown(), checkpoint: z.string() }),
  ])
  .meta({ id: 'PredictAnswer' });
export type PredictAnswer = z.infer<typeof PredictAnswer>;

/** A class with its score, as `top_k` answers it. */
export const ScoredClass = z.object({ index: z.int().min(0), score: MetricValue, class: z.string().optional() });
export type ScoredClass = z.infer<typeof ScoredClass>;

export const npzMediaType = 'application/x-npz';

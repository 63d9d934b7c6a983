import type { XlaUse } from '../runtime/runtime.js';
import type { Model } from '../model/model.js';
import { operationsOfRow } from '../model/operations.js';

/** How a training is run, besides what it computes. One training keeps to one plan: another may round differently. */
export interface TrainingPlan {
  /** Batches of an epoch that are trained in one run of the graph. */
  readonly stepsPerRun: number;
  /** What XLA compiles of them; absent: nothing. */
  readonly xla?: XlaUse;
}

/**
 * Steps in one run, where one takes little: of an MLP 20-64-64-1's 0.25 ms a step much is the way into the session and back,
 * and starting its executor. Two in a run take 0.20 ms each, 4 of them 0.16, 8 of them 0.14, and each is traced
 * (`node bench/steps-per-run.mjs`).
 */
const STEPS_PER_RUN = 4;
/**
 * Arithmetic operations of a step beyond which the way there counts for little. An MLP 784-64-64-10 (batch 128: 42 million)
 * gains a quarter, the same over 20 frames (batch 32: 210 million, 1.1 ms) nothing.
 */
const MAX_OPERATIONS = 100e6;
/** Fewer steps do not save the 0.2 to 0.3 s that tracing and optimizing four of them takes more than one. */
const MIN_STEPS = 2000;

/**
 * The plan for a training: a function of the model, the batch size and the number of steps alone, so that equal jobs are
 * trained alike to the bit. Its bounds were measured: `npm run bench`.
 * @param steps batches of all epochs together.
 */
export function planTraining(model: Model, { batchSize, steps }: { batchSize: number; steps: number }): TrainingPlan {
  const small = steps >= MIN_STEPS && batchSize * 3 * operationsOfRow(model) <= MAX_OPERATIONS;
  return { stepsPerRun: small ? STEPS_PER_RUN : 1 };
}

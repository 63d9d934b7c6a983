import { type NdArray, sliceRows } from '@trainyard/ndarray';

import { type Batch, rowsOf } from '../data/batch.js';
import { parameterBytes } from '../model/weight-ref.js';
import type { Trainer } from './trainer.js';

/** How a training is run, besides what it computes. One training keeps to one plan: another may round differently. */
export interface TrainingPlan {
  /** Batches of an epoch that are trained in one run of the graph. */
  readonly stepsPerRun: number;
}

/** A plan, and what it was made from. */
export interface MeasuredPlan extends TrainingPlan {
  /** Milliseconds of a step, one a run; NaN where it was not measured. */
  readonly stepMs: number;
}

/**
 * Steps in one run, where one takes little: of an MLP 20-64-64-1's 0.38 ms a step half is the way into the session and back,
 * and starting its executor. 16 of them save no more than 8, and each is traced.
 */
const STEPS_PER_RUN = 8;
/** A run must leave room for those outside to stop it: 8 steps of this length take 40 ms. */
const MAX_STEP_MS = 5;
/** What several steps a run can save, as a share of a step at most. */
const SAVED = 0.5;
/** Weights beyond this are not copied to measure: their steps are long. */
const MAX_BYTES = 16 * 2 ** 20;
const REPEATS = 5;

/**
 * Finds the plan by training on the rows of `batches`, and puts back all that training changed.
 * @param batches standardized; its first `batchSize` rows serve for one step, all of them for several.
 * @param steps how many the training has: what is saved must be worth tracing more steps.
 */
export async function measurePlan(trainer: Trainer, batches: Batch, batchSize: number, steps: number): Promise<MeasuredPlan> {
  if (parameterBytes(trainer.compiled.model) > MAX_BYTES) return { stepsPerRun: 1, stepMs: NaN };
  return trainer.undone(async () => {
    const one = Math.min(batchSize, rowsOf(batches));
    const first = slice(batches, one);
    await trainer.trainBatches(first, [one]);
    const { traceMs } = trainer;
    const stepMs = await fastest(() => trainer.trainBatches(first, [one]));
    const enough = rowsOf(batches) >= STEPS_PER_RUN * one;
    if (!enough || stepMs > MAX_STEP_MS || steps * stepMs * SAVED < STEPS_PER_RUN * traceMs) return { stepsPerRun: 1, stepMs };
    const rows = Array.from({ length: STEPS_PER_RUN }, () => one);
    const all = slice(batches, one * STEPS_PER_RUN);
    await trainer.trainBatches(all, rows);
    const runMs = await fastest(() => trainer.trainBatches(all, rows));
    return { stepsPerRun: runMs < STEPS_PER_RUN * stepMs ? STEPS_PER_RUN : 1, stepMs };
  });
}

async function fastest(action: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const started = performance.now();
    await action();
    least = Math.min(least, performance.now() - started);
  }
  return least;
}

function slice({ x, y, sampleWeight }: Batch, rows: number): Batch {
  const first = (array: NdArray): NdArray => sliceRows(array, 0, rows);
  return { x: x.map(first), y: y.map(first), sampleWeight: sampleWeight?.map((array) => array && first(array)) };
}

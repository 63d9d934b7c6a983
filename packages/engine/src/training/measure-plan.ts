import { concatRows, type NdArray } from '@trainyard/ndarray';

import { type Batch, rowsOf } from '../data/batch.js';
import { hasImages } from '../model/has-images.js';
import type { Model } from '../model/model.js';
import { operationsOfRow } from '../model/operations.js';
import { countParams } from '../model/weight-ref.js';
import type { XlaUse } from '../runtime/runtime.js';
import { planTraining, type TrainingPlan } from './plan.js';
import type { Trainer } from './trainer.js';

/** One way to train, tried. */
export interface PlanTrial {
  readonly plan: TrainingPlan;
  /** Median of its turns; absent where the first run failed. */
  readonly msPerStep?: number;
  /** Tracing and compiling, and the first run. */
  readonly firstMs?: number;
  /** Why it cannot be used. */
  readonly error?: string;
}

export interface MeasuredPlan {
  readonly plan: TrainingPlan;
  /** What it was chosen from; empty where it follows from the model and the training's length alone. */
  readonly trials: readonly PlanTrial[];
}

/**
 * Arithmetic operations of a whole training below which nothing is measured: at 40 to 80 thousand million a second it is over
 * in 15 to 30 s, of which compiling and trying would take 1 to 3.
 */
const MIN_OPERATIONS = 1e12;
/** Parameters beyond which nothing is measured: their values are read and written back around the trials. */
const MAX_PARAMETERS = 50e6;
/**
 * Arithmetic operations of a step beyond which XLA is not given the whole of it: 9 thousand million of two LSTMs over 280 steps take 42 ms
 * with it, 45 without, and 30 where only the loops are compiled.
 */
const MAX_STEP_OPERATIONS = 4e9;
/** Turns of each plan, and milliseconds of a turn; a turn is one run at least. */
const TURNS = 5;
const TURN_MS = 30;
/** What a plan must save before it is preferred to a plainer one. */
const WORTHWHILE = 0.95;

/** Whether several plans are worth trying: a function of the model, the batch size and the number of steps alone. */
export function worthMeasuring(model: Model, training: { batchSize: number; steps: number }): boolean {
  const operations = training.steps * training.batchSize * 3 * operationsOfRow(model);
  return operations >= MIN_OPERATIONS && countParams(model).total <= MAX_PARAMETERS && usesOfXla(model, planTraining(model, training), training.batchSize).length > 0;
}

/**
 * The fastest plan for training on batches like `batch`: each candidate trains on it for a moment, after which the trainer
 * is as it was before. Which is fastest depends on the machine, and on what else it is doing: whoever wants equal trainings
 * to be equal to the bit keeps the answer.
 * @param batch one that `standardize` made, of the training's batch size.
 * @param steps batches of all epochs together.
 * @param signal breaks trying off at once, also while XLA compiles: of the trainer's program the weights can then be read, and no more.
 * @throws the signal's reason
 */
export async function measurePlan(trainer: Trainer, batch: Batch, steps: number, signal?: AbortSignal): Promise<MeasuredPlan> {
  const { model } = trainer.compiled;
  const training = { batchSize: rowsOf(batch), steps };
  const plain = planTraining(model, training);
  if (!worthMeasuring(model, training)) return { plan: plain, trials: [] };
  const candidates = [plain, ...usesOfXla(model, plain, training.batchSize).map((xla): TrainingPlan => ({ ...plain, xla }))];
  const { iterations, schedule, xla } = trainer;
  let trials: readonly PlanTrial[] = [];
  try {
    trials = await trainer.program.preserve(() => tryPlans(trainer, batch, candidates, signal), signal);
  } finally {
    Object.assign(trainer, { iterations, schedule, xla });
  }
  const plan = fastest(trials) ?? plain;
  trainer.xla = plan.xla;
  trainer.releaseOtherSteps();
  return { plan, trials };
}

/**
 * Which uses of XLA are worth trying. XLA's convolutions on a CPU are slower than TensorFlow's: of models with images only parts are
 * compiled. Several small steps in a run, without loops, are not: an MLP's would be a tenth faster, if at all, for 1 to 3 s of
 * compiling and 150 MB more at the peak. Nor are large steps as a whole, whose products XLA computes on one core.
 */
function usesOfXla(model: Model, { stepsPerRun }: TrainingPlan, batchSize: number): XlaUse[] {
  const wholeStep = !hasImages(model) && (stepsPerRun === 1 || model.loopsOverTime) && batchSize * 3 * operationsOfRow(model) <= MAX_STEP_OPERATIONS;
  return [...(model.loopsOverTime ? (['parts'] as const) : []), ...(wholeStep ? (['step'] as const) : [])];
}

/**
 * Compiles each plan's step, then lets the plans train in turns: a moment in which the machine is busy with something else
 * falls on all of them.
 */
async function tryPlans(trainer: Trainer, batch: Batch, plans: readonly TrainingPlan[], signal?: AbortSignal): Promise<PlanTrial[]> {
  const candidates = plans.map((plan) => new Candidate(trainer, batch, plan, signal));
  for (const candidate of candidates) await candidate.begin();
  for (let turn = 0; turn < TURNS; turn++) for (const candidate of candidates) await candidate.takeTurn();
  return candidates.map((candidate) => candidate.trial());
}

class Candidate {
  readonly #trainer: Trainer;
  readonly #plan: TrainingPlan;
  readonly #signal: AbortSignal | undefined;
  readonly #batches: Batch;
  readonly #rows: readonly number[];
  /** Milliseconds a step, of each turn. */
  readonly #taken: number[] = [];
  #firstMs = NaN;
  #error: string | undefined;

  constructor(trainer: Trainer, batch: Batch, plan: TrainingPlan, signal: AbortSignal | undefined) {
    this.#trainer = trainer;
    this.#plan = plan;
    this.#signal = signal;
    this.#batches = repeat(batch, plan.stepsPerRun);
    this.#rows = Array<number>(plan.stepsPerRun).fill(rowsOf(batch));
  }

  /** Traces the step and runs it once: what XLA cannot compile fails here. */
  async begin(): Promise<void> {
    try {
      this.#firstMs = await this.#run();
    } catch (error) {
      this.#signal?.throwIfAborted();
      this.#error = (error as Error).message;
    }
  }

  async takeTurn(): Promise<void> {
    if (this.#error !== undefined) return;
    let [runs, taken] = [0, 0];
    for (; taken < TURN_MS; runs++) taken += await this.#run();
    this.#taken.push(taken / (runs * this.#plan.stepsPerRun));
  }

  trial(): PlanTrial {
    if (this.#error !== undefined) return { plan: this.#plan, error: this.#error };
    const sorted = [...this.#taken].sort((a, b) => a - b);
    return { plan: this.#plan, msPerStep: sorted[sorted.length >> 1] ?? NaN, firstMs: this.#firstMs };
  }

  async #run(): Promise<number> {
    this.#signal?.throwIfAborted();
    this.#trainer.xla = this.#plan.xla;
    const started = performance.now();
    await this.#trainer.trainBatches(this.#batches, this.#rows);
    return performance.now() - started;
  }
}

/** The fastest by a clear margin, else the first: candidates are given from the plainest on. */
function fastest(trials: readonly PlanTrial[]): TrainingPlan | undefined {
  let best: PlanTrial | undefined;
  for (const trial of trials) if (trial.msPerStep !== undefined && trial.msPerStep < WORTHWHILE * (best?.msPerStep ?? Infinity)) best = trial;
  return best?.plan;
}

function repeat(batch: Batch, times: number): Batch {
  if (times === 1) return batch;
  const again = (array: NdArray): NdArray => concatRows(Array<NdArray>(times).fill(array));
  return { x: batch.x.map(again), y: batch.y.map(again), sampleWeight: batch.sampleWeight?.map((array) => array && again(array)) };
}

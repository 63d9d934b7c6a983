import type { NdArray } from '@trainyard/ndarray';

import type { CompiledModel } from '../compile/compile-model.js';
import { type Batch, rowsOf } from '../data/batch.js';
import { type ClassWeight } from '../data/class-weight.js';
import { standardizeBatch } from '../data/standardize.js';
import type { CompiledStep, Runtime, VariableSpec, XlaUse } from '../runtime/runtime.js';
import type { BatchShape } from '../steps/batch-shape.js';
import { gradientsStep } from '../steps/gradients-step.js';
import { evaluateStep } from '../steps/evaluate-step.js';
import { slotVariable, trainSteps } from '../steps/train-step.js';
import { trainedWeights } from '../model/weight-ref.js';
import { gatheredStep, ROW_INDICES } from '../steps/gathered-step.js';
import { ModelProgram } from './model-program.js';
import { ResidentRows } from './resident-rows.js';
import { StepCache, StepCaches } from './step-cache.js';

/** Values by metric name, in the order of `metricsNames`. */
export type Logs = Record<string, number>;

/** A compiled model in a runtime: Keras's train_on_batch, test_on_batch and all that their state is. */
export class Trainer {
  readonly program: ModelProgram;
  readonly #slotNames: readonly string[];
  readonly #hyperparameters: number;
  readonly #trainSteps = new StepCaches();
  readonly #evaluateSteps = new StepCaches();
  readonly #gradientSteps = new StepCache();
  #resident: ResidentRows | undefined;
  /** Updates made so far: Keras's `optimizer.iterations`. */
  iterations = 0;
  /** What the optimizer hands from update to update on the host: see `Optimizer.advance`. */
  schedule = 1;
  /** What XLA compiles of the steps that train and evaluate: the plan's. */
  xla: XlaUse | undefined;
  /** The learning rate in force, before decay: what callbacks change. */
  lr: number;

  /** @param seed of all that is drawn at random: first weights, dropout. */
  constructor(
    readonly compiled: CompiledModel,
    runtime: Runtime,
    readonly seed: number,
  ) {
    const { optimizer, model } = compiled;
    const trained = trainedWeights(model);
    // In the order in which Keras's files have them.
    const groups = optimizer.slotGroups ?? optimizer.slotNames.map((slot) => [slot]);
    const { initialSlot: initial = 0 } = optimizer;
    const slots = groups.flatMap((group) =>
      trained.flatMap((weight) => group.map((slot): VariableSpec => ({ name: slotVariable(weight, slot), shape: weight.spec.shape, dtype: 'float32', initial }))),
    );
    this.#slotNames = slots.map(({ name }) => name);
    this.#hyperparameters = optimizer.hyperparameters(optimizer.lr, 0, 1).length;
    this.lr = Math.fround(optimizer.lr);
    this.program = new ModelProgram(model, runtime, slots);
  }

  /** Draws the first weights. */
  initialize(): Promise<void> {
    return this.program.initialize(this.seed);
  }

  /**
   * One update on a batch that `standardize` made. Answers the metrics, as they were before the update, in the order of
   * `metricsNames`.
   */
  async trainBatch(batch: Batch): Promise<Float32Array> {
    const [metrics] = await this.trainBatches(batch, [rowsOf(batch)]);
    return metrics as Float32Array;
  }

  /**
   * Updates on consecutive batches in one run: the same as `trainBatch` on each.
   * @param rows how many rows of `batches` are each batch.
   */
  async trainBatches(batches: Batch, rows: readonly number[]): Promise<Float32Array[]> {
    const step = this.prepareBatches(batches, rows);
    const [metrics] = await step.run({ ...feedsOf(batches), ...this.#advance(rows.length) });
    return this.#metricsOf(metrics, rows.length);
  }

  /** Compiles what `trainBatches` runs on batches of these shapes, unless it has been. Trains nothing. */
  prepareBatches(batches: Batch, rows: readonly number[]): CompiledStep {
    for (const count of rows) this.program.requireBatchSize(count);
    const compile = () => this.program.compile(trainSteps(this.compiled, rows.map((count) => shapeOfBatch(batches, count)), this.xla));
    return this.#trainSteps.of(this.xla).get(rows, arraysOf(batches), compile);
  }

  /** Rows that `standardize` made, held where the steps run: until others are, of other shapes. */
  async hold(rows: Batch): Promise<ResidentRows> {
    if (this.#resident?.fits(rows) === false) {
      const other = this.#resident;
      this.#resident = undefined;
      await other.release();
    }
    this.#resident ??= new ResidentRows(this.program, rows);
    await this.#resident.write(rows);
    return this.#resident;
  }

  /**
   * The same on rows that are where the steps run already.
   * @param indices of the batches' rows, behind each other.
   */
  async trainResident(resident: ResidentRows, indices: Int32Array, rows: readonly number[]): Promise<Float32Array[]> {
    for (const count of rows) this.program.requireBatchSize(count);
    const compile = () => {
      const step = trainSteps(this.compiled, rows.map((count) => shapeOfBatch(resident.shapes, count)), this.xla);
      return this.program.compile(gatheredStep(step, resident.variables, indices.length));
    };
    const step = resident.steps.of(this.xla).get(rows, [], compile);
    const [metrics] = await step.run({ [ROW_INDICES]: { dtype: 'int32', shape: [indices.length], data: indices }, ...this.#advance(rows.length) });
    return this.#metricsOf(metrics, rows.length);
  }

  /** The metrics of each of a run's steps. */
  #metricsOf(fetched: NdArray | undefined, steps: number): Float32Array[] {
    const width = this.compiled.metricsNames.length;
    const values = fetched?.data as Float32Array;
    return Array.from({ length: steps }, (_, i) => values.subarray(i * width, (i + 1) * width));
  }

  /** Counts the next `steps` updates; answers what they are fed besides the batches. */
  #advance(steps: number): Record<string, NdArray> {
    const { optimizer, model } = this.compiled;
    const hyper = new Float32Array(steps * this.#hyperparameters);
    const seeds = new Int32Array(steps * 2);
    for (let step = 0; step < steps; step++) {
      hyper.set(optimizer.hyperparameters(this.lr, this.iterations, this.schedule), step * this.#hyperparameters);
      seeds[step * 2] = this.seed;
      seeds[step * 2 + 1] = this.iterations;
      this.schedule = optimizer.advance?.(this.schedule, this.iterations) ?? this.schedule;
      this.iterations++;
    }
    const feeds: Record<string, NdArray> = { hyper: { dtype: 'float32', shape: [hyper.length], data: hyper } };
    if (model.drawsRandom) feeds['seed'] = { dtype: 'int32', shape: steps === 1 ? [2] : [steps, 2], data: seeds };
    return feeds;
  }

  /** The metrics of a batch that `standardize` made, in the order of `metricsNames`. */
  async evaluateBatch(batch: Batch): Promise<Float32Array> {
    const rows = rowsOf(batch);
    this.program.requireBatchSize(rows);
    const step = this.#evaluateSteps.of(this.xla).get([rows], arraysOf(batch), () => this.program.compile(evaluateStep(this.compiled, shapeOfBatch(batch, rows), this.xla)));
    const [metrics] = await step.run(feedsOf(batch));
    return metrics?.data as Float32Array;
  }

  /** Gradients of a batch's total loss by the trained weights, under the weights' variables. Changes nothing. */
  async gradients(batch: Batch): Promise<Map<string, NdArray>> {
    const rows = rowsOf(batch);
    this.program.requireBatchSize(rows);
    const step = this.#gradientSteps.get([rows], arraysOf(batch), () => this.program.compile(gradientsStep(this.compiled, shapeOfBatch(batch, rows))));
    const values = await step.run(feedsOf(batch));
    return new Map(trainedWeights(this.compiled.model).map(({ variable }, i) => [variable, values[i] as NdArray]));
  }

  /** @throws ModelDataError naming the input or target that does not fit. */
  standardize(batch: Batch, classWeight?: ClassWeight): Batch {
    return standardizeBatch(this.compiled, batch, classWeight);
  }

  logs(metrics: Float32Array | Float64Array): Logs {
    return Object.fromEntries(this.compiled.metricsNames.map((name, i) => [name, metrics[i] ?? NaN]));
  }

  /** Releases the steps that were compiled for another use of XLA than the present one. */
  releaseOtherSteps(): void {
    for (const caches of [this.#trainSteps, this.#evaluateSteps, ...(this.#resident ? [this.#resident.steps] : [])]) caches.keepOnly(this.xla);
  }

  /** The optimizer's slots, in the order of Keras's files. */
  getSlots(): Promise<NdArray[]> {
    return this.program.read(this.#slotNames);
  }

  async setSlots(values: readonly NdArray[]): Promise<void> {
    if (values.length !== this.#slotNames.length) throw new RangeError(`optimizer weights: expected ${this.#slotNames.length} arrays, received ${values.length}`);
    await this.program.write(new Map(this.#slotNames.map((name, i) => [name, values[i] as NdArray])));
  }

  dispose(): void {
    this.program.dispose();
  }
}

/** The shapes of a batch of `rows` rows of `batch`. */
function shapeOfBatch(batch: Batch, rows: number): BatchShape {
  return {
    rows,
    x: batch.x.map(({ shape }) => shape.slice(1)),
    y: batch.y.map(({ shape }) => shape.slice(1)),
    weights: batch.y.map((_, i) => batch.sampleWeight?.[i]?.shape.slice(1)),
  };
}

function arraysOf({ x, y, sampleWeight = [] }: Batch): (NdArray | undefined)[] {
  return [...x, ...y, ...sampleWeight];
}

/** What a step over a batch is fed of it, by feed. */
export function feedsOf(batch: Batch): Record<string, NdArray> {
  const feeds: Record<string, NdArray> = {};
  batch.x.forEach((array, i) => (feeds[`x${i}`] = array));
  batch.y.forEach((array, i) => (feeds[`y${i}`] = array));
  batch.sampleWeight?.forEach((array, i) => {
    if (array) feeds[`w${i}`] = array;
  });
  return feeds;
}

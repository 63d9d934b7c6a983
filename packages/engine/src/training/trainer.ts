import type { NdArray } from '@trainyard/ndarray';

import type { CompiledModel } from '../compile/compile-model.js';
import { type Batch, rowsOf } from '../data/batch.js';
import { type ClassWeight } from '../data/class-weight.js';
import { standardizeBatch } from '../data/standardize.js';
import type { Runtime, VariableSpec } from '../runtime/runtime.js';
import { type BatchShape, batchKey } from '../steps/batch-shape.js';
import { evaluateStep } from '../steps/evaluate-step.js';
import { slotVariable, trainStep } from '../steps/train-step.js';
import { weightRefs } from '../model/weight-ref.js';
import { ModelProgram } from './model-program.js';

/** Values by metric name, in the order of `metricsNames`. */
export type Logs = Record<string, number>;

/** A compiled model in a runtime: Keras's train_on_batch, test_on_batch and all that their state is. */
export class Trainer {
  readonly program: ModelProgram;
  readonly #slotNames: readonly string[];
  readonly #hyper: Float32Array;
  /** Updates made so far: Keras's `optimizer.iterations`. */
  iterations = 0;
  /** What the optimizer hands from update to update on the host: see `Optimizer.advance`. */
  schedule = 1;
  /** The learning rate in force, before decay: what callbacks change. */
  lr: number;

  /** @param seed of all that is drawn at random: first weights, dropout. */
  constructor(
    readonly compiled: CompiledModel,
    runtime: Runtime,
    readonly seed: number,
  ) {
    const { optimizer, model } = compiled;
    const trained = weightRefs(model).filter(({ trainable }) => trainable);
    // In the order in which Keras's files have them.
    const groups = optimizer.slotGroups ?? optimizer.slotNames.map((slot) => [slot]);
    const { initialSlot: initial = 0 } = optimizer;
    const slots = groups.flatMap((group) =>
      trained.flatMap((weight) => group.map((slot): VariableSpec => ({ name: slotVariable(weight, slot), shape: weight.spec.shape, dtype: 'float32', initial }))),
    );
    this.#slotNames = slots.map(({ name }) => name);
    this.#hyper = new Float32Array(optimizer.hyperparameters(optimizer.lr, 0, 1).length);
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
    const shape = this.#shapeOf(batch);
    const step = this.program.step(`train ${batchKey(shape)}`, () => trainStep(this.compiled, shape));
    const { optimizer } = this.compiled;
    this.#hyper.set(optimizer.hyperparameters(this.lr, this.iterations, this.schedule));
    const feeds: Record<string, NdArray> = { ...feedsOf(batch), hyper: { dtype: 'float32', shape: [this.#hyper.length], data: this.#hyper } };
    if (this.compiled.model.drawsRandom) feeds['seed'] = { dtype: 'int32', shape: [2], data: Int32Array.of(this.seed | 0, this.iterations | 0) };
    this.schedule = optimizer.advance?.(this.schedule, this.iterations) ?? this.schedule;
    this.iterations++;
    const [metrics] = await step.run(feeds);
    return metrics?.data as Float32Array;
  }

  /** The metrics of a batch that `standardize` made, in the order of `metricsNames`. */
  async evaluateBatch(batch: Batch): Promise<Float32Array> {
    const shape = this.#shapeOf(batch);
    const step = this.program.step(`evaluate ${batchKey(shape)}`, () => evaluateStep(this.compiled, shape));
    const [metrics] = await step.run(feedsOf(batch));
    return metrics?.data as Float32Array;
  }

  /** @throws ModelDataError naming the input or target that does not fit. */
  standardize(batch: Batch, classWeight?: ClassWeight): Batch {
    return standardizeBatch(this.compiled, batch, classWeight);
  }

  logs(metrics: Float32Array | Float64Array): Logs {
    return Object.fromEntries(this.compiled.metricsNames.map((name, i) => [name, metrics[i] ?? NaN]));
  }

  /** The optimizer's slots, in the order of Keras's files. */
  getSlots(): Promise<NdArray[]> {
    return this.program.read(this.#slotNames);
  }

  async setSlots(values: readonly NdArray[]): Promise<void> {
    if (values.length !== this.#slotNames.length) throw new RangeError(`optimizer weights: expected ${this.#slotNames.length} arrays, received ${values.length}`);
    await this.program.write(new Map(this.#slotNames.map((name, i) => [name, values[i] as NdArray])));
  }

  #shapeOf(batch: Batch): BatchShape {
    this.program.requireBatchSize(rowsOf(batch));
    return shapeOfBatch(batch);
  }

  dispose(): void {
    this.program.dispose();
  }
}

function shapeOfBatch(batch: Batch): BatchShape {
  return {
    rows: rowsOf(batch),
    x: batch.x.map(({ shape }) => shape.slice(1)),
    y: batch.y.map(({ shape }) => shape.slice(1)),
    weights: batch.y.map((_, i) => batch.sampleWeight?.[i]?.shape.slice(1)),
  };
}

function feedsOf(batch: Batch): Record<string, NdArray> {
  const feeds: Record<string, NdArray> = {};
  batch.x.forEach((array, i) => (feeds[`x${i}`] = array));
  batch.y.forEach((array, i) => (feeds[`y${i}`] = array));
  batch.sampleWeight?.forEach((array, i) => {
    if (array) feeds[`w${i}`] = array;
  });
  return feeds;
}

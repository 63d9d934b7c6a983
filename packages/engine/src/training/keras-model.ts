import { concatRows, type NdArray } from '@trainyard/ndarray';

import { compileModel } from '../compile/compile-model.js';
import type { CompileSpec } from '../compile/compile-spec.js';
import type { Batch } from '../data/batch.js';
import type { ClassWeight } from '../data/class-weight.js';
import { ModelDataError } from '../data/data-error.js';
import { getLayer } from '../model/get-layer.js';
import type { Model } from '../model/model.js';
import { summaryText } from '../model/summary.js';
import { layerWeights } from '../model/weight-ref.js';
import type { Runtime } from '../runtime/runtime.js';
import { evaluateArrays, evaluateStream } from './evaluate.js';
import { fit, fitGenerator, type FitGeneratorOptions, type FitOptions } from './fit.js';
import type { History } from './history.js';
import { Trainer } from './trainer.js';

/** Weights of the samples of one batch: one array an output; or of the classes of their targets. */
export interface BatchWeights {
  readonly sampleWeight?: Batch['sampleWeight'];
  readonly classWeight?: ClassWeight | undefined;
}

/**
 * A compiled model in a runtime, with the methods of Keras's Model and Sequential. Arrays are lists, one entry an input or
 * output, rows first. Metrics are answered in the order of `metricsNames`.
 *
 *     const model = new KerasModel(buildModel(parseModel(json)), { optimizer: 'adam', loss: 'mse' }, runtime, { seed: 1 });
 *     await model.initialize();
 *     await model.fit({ x, y }, { batchSize: 32, epochs: 3 });
 */
export class KerasModel {
  /** What `fit` and its like train with, and what holds the weights. */
  readonly trainer: Trainer;

  /** @throws FormatError for compile arguments that do not fit the model. */
  constructor(
    readonly model: Model,
    compile: CompileSpec,
    runtime: Runtime,
    { seed = 0 }: { seed?: number } = {},
  ) {
    this.trainer = new Trainer(compileModel(model, compile), runtime, seed);
  }

  /** Draws the first weights; `setWeights` instead sets given ones. */
  initialize(): Promise<void> {
    return this.trainer.initialize();
  }

  get metricsNames(): readonly string[] {
    return this.trainer.compiled.metricsNames;
  }

  /** The text of `model.summary()`. */
  summary(): string {
    return summaryText(this.model);
  }

  /** Trains on arrays in memory. */
  fit(data: Batch, options: FitOptions): Promise<History> {
    return fit(this.trainer, data, options);
  }

  /** Trains on batches of any sizes from an endless stream. */
  fitGenerator(batches: AsyncIterator<Batch>, options: FitGeneratorOptions): Promise<History> {
    return fitGenerator(this.trainer, batches, options);
  }

  /** Means over all samples. */
  evaluate(data: Batch, { batchSize = 32 }: { batchSize?: number } = {}): Promise<Float64Array> {
    return evaluateArrays(this.trainer, this.trainer.standardize(data), batchSize);
  }

  /** Means over the samples of `steps` batches. */
  evaluateGenerator(batches: AsyncIterator<Batch>, steps: number): Promise<Float64Array> {
    return evaluateStream(this.trainer, batches, steps);
  }

  /** The outputs for rows of any number. */
  predict(x: readonly NdArray[], { batchSize = 32 }: { batchSize?: number } = {}): Promise<NdArray[]> {
    return this.trainer.program.predict(x, { batchSize });
  }

  /**
   * The outputs for the rows of `steps` batches; targets and weights that come with them are left alone.
   * @throws ModelDataError when the stream ends before.
   */
  async predictGenerator(batches: AsyncIterator<Pick<Batch, 'x'>>, steps: number): Promise<NdArray[]> {
    const parts: NdArray[][] = [];
    for (let step = 0; step < steps; step++) {
      const next = await batches.next();
      if (next.done) throw new ModelDataError('no_data', 'x', `expected ${steps} batches, received ${step}`);
      parts.push(await this.predictOnBatch(next.value.x));
    }
    return (parts[0] ?? []).map((_, output) => concatRows(parts.map((part) => part[output] as NdArray)));
  }

  /** One update; the metrics as they were before it. Sample weights win over class weights, as in Keras. */
  trainOnBatch(x: readonly NdArray[], y: readonly NdArray[], { sampleWeight, classWeight }: BatchWeights = {}): Promise<Float32Array> {
    return this.trainer.trainBatch(this.trainer.standardize({ x, y, sampleWeight }, classWeight));
  }

  /** The metrics of one batch. */
  testOnBatch(x: readonly NdArray[], y: readonly NdArray[], { sampleWeight }: Pick<BatchWeights, 'sampleWeight'> = {}): Promise<Float32Array> {
    return this.trainer.evaluateBatch(this.trainer.standardize({ x, y, sampleWeight }));
  }

  /** The outputs for one batch. */
  predictOnBatch(x: readonly NdArray[]): Promise<NdArray[]> {
    return this.trainer.program.predict(x, { batchSize: Math.max(1, x[0]?.shape[0] ?? 1) });
  }

  /** Sequential's `predict_proba`: the first output. */
  async predictProba(x: readonly NdArray[], options: { batchSize?: number } = {}): Promise<NdArray> {
    const [probabilities] = await this.predict(x, options);
    return probabilities as NdArray;
  }

  /** Sequential's `predict_classes`: the place of the largest entry along the last axis, or whether the one entry is above 0.5. */
  async predictClasses(x: readonly NdArray[], options: { batchSize?: number } = {}): Promise<NdArray> {
    return classesOf(await this.predictProba(x, options));
  }

  getWeights(): Promise<NdArray[]> {
    return this.trainer.program.getWeights();
  }

  setWeights(values: readonly NdArray[]): Promise<void> {
    return this.trainer.program.setWeights(values);
  }

  /** `layer.get_weights()`: the trainable ones first. */
  getLayerWeights(layer: string | number): Promise<NdArray[]> {
    return this.trainer.program.read(this.#variables(layer));
  }

  /** `layer.set_weights()`. @throws RangeError for another number of arrays or another shape. */
  async setLayerWeights(layer: string | number, values: readonly NdArray[]): Promise<void> {
    const names = this.#variables(layer);
    if (values.length !== names.length)
      throw new RangeError(`set_weights of layer "${getLayer(this.model, layer).name}": expected ${names.length} arrays, received ${values.length}`);
    await this.trainer.program.write(new Map(names.map((name, i) => [name, values[i] as NdArray])));
  }

  #variables(layer: string | number): string[] {
    return layerWeights(this.model, getLayer(this.model, layer)).map(({ variable }) => variable);
  }

  /** What stateful layers carry becomes 0. */
  resetStates(): Promise<void> {
    return this.trainer.program.resetStates();
  }

  dispose(): void {
    this.trainer.dispose();
  }
}

/** Classes of probabilities [rows, …, classes]: int32, without the last axis; of one entry [rows, …, 1], with it. */
function classesOf({ data, shape }: NdArray): NdArray {
  const width = shape.at(-1) ?? 1;
  if (width === 1) return { dtype: 'int32', shape, data: Int32Array.from(data as Float32Array, (value) => (value > 0.5 ? 1 : 0)) };
  const classes = new Int32Array(data.length / width);
  for (let row = 0; row < classes.length; row++) {
    let best = 0;
    for (let i = 1; i < width; i++) if (Number(data[row * width + i]) > Number(data[row * width + best])) best = i;
    classes[row] = best;
  }
  return { dtype: 'int32', shape: shape.slice(0, -1), data: classes };
}

import { allocate, concatRows, type NdArray, sizeOf, sliceRows } from '@trainyard/ndarray';

import { ModelDataError } from '../data/data-error.js';
import { standardizeInputs } from '../data/standardize.js';
import type { Model } from '../model/model.js';
import type { TensorKey } from '../model/node.js';
import { stateRefs } from '../model/state-ref.js';
import { weightRefs, type WeightRef } from '../model/weight-ref.js';
import type { CompiledStep, Program, Runtime, StepDefinition, VariableSpec } from '../runtime/runtime.js';
import { initializeStep } from '../steps/initialize-step.js';
import { predictStep } from '../steps/predict-step.js';
import { StepCache } from './step-cache.js';

/** A model's weights inside a runtime, and the steps over them. Predicts; a Trainer adds what training needs. */
export class ModelProgram {
  readonly weights: readonly WeightRef[];
  /** What stateful layers carry from batch to batch. */
  readonly states: readonly VariableSpec[];
  readonly #program: Program;
  readonly #extra: readonly VariableSpec[];
  /** By the inner outputs that are answered besides the model's. */
  readonly #predictSteps = new Map<string, StepCache>();
  /** What the variables held before a step that cannot be ended was left alone. */
  #left: ReadonlyMap<string, NdArray> | undefined;
  /** Whether XLA has failed to compile a prediction: none is given to it any more. */
  #withoutXla = false;

  /** @param extra further variables (optimizer slots). */
  constructor(
    readonly model: Model,
    runtime: Runtime,
    extra: readonly VariableSpec[] = [],
  ) {
    this.weights = weightRefs(model);
    this.states = stateRefs(model);
    this.#extra = [...this.states, ...extra];
    this.#program = runtime.createProgram([...this.weights.map(({ variable, spec }): VariableSpec => ({ name: variable, shape: spec.shape, dtype: 'float32' })), ...this.#extra]);
  }

  /** Draws the first values of all weights; states and further variables become what they are at first. */
  async initialize(seed: number): Promise<void> {
    const step = this.#program.compile(initializeStep(this.weights, this.#extra, seed));
    await step.run({});
    step.dispose();
  }

  /** Sets all weights, `get_weights()` order; states and further variables become what they are at first. For a program whose weights come from a file. */
  async load(values: readonly NdArray[]): Promise<void> {
    await this.setWeights(values);
    await this.#clear(this.#extra);
  }

  /** Keras's `get_weights()`. */
  getWeights(): Promise<NdArray[]> {
    return this.read(this.weights.map(({ variable }) => variable));
  }

  /** Keras's `set_weights()`. */
  async setWeights(values: readonly NdArray[]): Promise<void> {
    if (values.length !== this.weights.length) throw new RangeError(`set_weights: expected ${this.weights.length} arrays, received ${values.length}`);
    await this.write(new Map(this.weights.map(({ variable }, i) => [variable, values[i] as NdArray])));
  }

  /** Takes over the weights of another program whose model shares layers with this one, by name; all, as Keras's sharing does. */
  async copyFrom(other: ModelProgram): Promise<void> {
    const names = this.weights.map(({ variable }) => variable);
    const values = await other.read(names);
    await this.write(new Map(names.map((name, i) => [name, values[i] as NdArray])));
  }

  /** Keras's `reset_states()`: what stateful layers carry becomes 0. */
  resetStates(): Promise<void> {
    return this.#clear(this.states);
  }

  /** The batch size that a stateful model declares: it takes no other. */
  get declaredBatchSize(): number | undefined {
    return this.states.length > 0 ? (this.model.inputs[0]?.shape[0] ?? undefined) : undefined;
  }

  /** @throws ModelDataError when states are carried for another number of rows. */
  requireBatchSize(rows: number): void {
    const declared = this.declaredBatchSize;
    if (declared !== undefined && rows !== declared)
      throw new ModelDataError('wrong_count', 'x', `the model is stateful, for batches of ${declared} rows: expected a batch of ${declared}, received ${rows}; choose batch_size ${declared} and a multiple of it as number of rows`);
  }

  async read(names: readonly string[]): Promise<NdArray[]> {
    const left = this.#left;
    if (!left) return this.#program.read(names);
    return names.map((name) => {
      const value = left.get(name);
      if (!value) throw new RangeError(`expected one of ${[...left.keys()].join(', ')}, received ${name}`);
      return value;
    });
  }

  async write(values: ReadonlyMap<string, NdArray>): Promise<void> {
    this.#refuseLeft();
    await this.#program.write(values);
  }

  /**
   * Runs `body`, after which all variables are what they were before.
   *
   * @param signal when it comes first, `body` is not waited for: a step that XLA compiles takes seconds, and cannot be ended. From then
   * on the variables are read as they were before, and nothing else can be done with them.
   * @throws the signal's reason
   */
  async preserve<T>(body: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const names = [...this.weights.map(({ variable }) => variable), ...this.#extra.map(({ name }) => name)];
    const values = await this.read(names);
    const before = new Map(names.map((name, i) => [name, values[i] as NdArray]));
    let leave = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        this.#left = before;
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', leave, { once: true });
    });
    const done = body().finally(() => this.#left ?? this.write(before));
    done.catch(() => undefined); // of one that was left alone nobody hears
    try {
      return await Promise.race([done, left]);
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #refuseLeft(): void {
    if (this.#left) throw new Error('a step has been left alone in the middle: the weights can be read, and nothing else');
  }

  /** See `Program.declare`. */
  declare(variables: readonly VariableSpec[]): void {
    this.#program.declare(variables);
  }

  /** See `Program.release`. */
  release(names: readonly string[]): Promise<void> {
    return this.#program.release(names);
  }

  compile(step: StepDefinition): CompiledStep {
    this.#refuseLeft();
    return this.#program.compile(step);
  }

  /**
   * The model's outputs for `x`, in batches of `batchSize`. A smaller batch is padded to the next power of two, so that
   * any number of rows needs few traces; inference treats each row for itself, so padding changes nothing.
   * @param also outputs of inner layers to answer after the model's.
   * @throws ModelDataError when `x` does not fit the model.
   */
  async predict(x: readonly NdArray[], { batchSize = this.declaredBatchSize ?? 32, also = [] }: { batchSize?: number; also?: readonly TensorKey[] } = {}): Promise<NdArray[]> {
    const inputs = standardizeInputs(this.model, x);
    const rows = inputs[0]?.shape[0] ?? 0;
    if (rows === 0) throw new ModelDataError('no_data', 'x', 'expected at least one row, received none');
    const parts: NdArray[][] = [];
    for (let start = 0; start < rows; start += batchSize) {
      const taken = Math.min(batchSize, rows - start);
      this.requireBatchSize(taken);
      const size = Math.min(batchSize, 2 ** Math.ceil(Math.log2(taken)));
      const batch = inputs.map((array) => padRows(sliceRows(array, start, start + taken), size));
      const outputs = await this.#predictBatch(batch, size, also);
      parts.push(taken === size ? outputs : outputs.map((array) => sliceRows(array, 0, taken)));
    }
    return (parts[0] ?? []).map((_, i) => concatRows(parts.map((part) => part[i] as NdArray)));
  }

  async #predictBatch(x: readonly NdArray[], rows: number, also: readonly TensorKey[]): Promise<NdArray[]> {
    const step = this.#predictStep(x, rows, also);
    const feeds = Object.fromEntries(x.map((array, i) => [`x${i}`, array]));
    if (this.#withoutXla) return step.run(feeds);
    try {
      return await step.run(feeds);
    } catch {
      // What is wrong with the feeds, or with the machine, is wrong without XLA, too.
      this.#withoutXla = true;
      for (const cache of this.#predictSteps.values()) cache.dispose();
      return this.#predictStep(x, rows, also).run(feeds);
    }
  }

  #predictStep(x: readonly NdArray[], rows: number, also: readonly TensorKey[]): CompiledStep {
    const inner = also.length === 0 ? '' : JSON.stringify(also.map(({ node, tensor }) => [node.layer.name, node.index, tensor]));
    let cache = this.#predictSteps.get(inner);
    if (!cache) this.#predictSteps.set(inner, (cache = new StepCache()));
    return cache.get([rows], x, () => {
      const { xla, ...step } = predictStep(this.model, { rows, x: x.map(({ shape }) => shape.slice(1)) }, also);
      return this.compile(xla && !this.#withoutXla ? { ...step, xla } : step);
    });
  }

  async #clear(variables: readonly VariableSpec[]): Promise<void> {
    await this.write(new Map(variables.map(({ name, shape, dtype, initial = 0 }) => [name, { dtype, shape, data: allocate(dtype, sizeOf(shape)).fill(initial as never) }])));
  }

  dispose(): void {
    this.#program.dispose();
  }
}

/** Repeats the last row until there are `rows`. */
function padRows(array: NdArray, rows: number): NdArray {
  const have = array.shape[0] ?? 0;
  if (have === rows) return array;
  const last = sliceRows(array, have - 1, have);
  return concatRows([array, ...Array.from({ length: rows - have }, () => last)]);
}

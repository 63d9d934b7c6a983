import type { DType, NdArray } from '@trainyard/ndarray';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * What the engine asks of whoever computes: compile a step, then run it. Never op by op.
 *
 * Two runtimes satisfy this: libtensorflow, which traces `build` once into a graph that a session runs
 * (`@trainyard/tensorflow`), and `CpuRuntime`, which calls `build` anew for each run on tfjs's pure-JavaScript
 * backend: slow and obvious, the oracle of the tests.
 */
export interface Runtime {
  readonly name: string;
  /** A set of variables and the steps over them. Nothing is allocated on a device before the first `write` or run. */
  createProgram(variables: readonly VariableSpec[]): Program;
  /** Releases what the runtime holds; its programs are disposed of first. */
  dispose(): void;
}

/** A tensor that lives inside the program from one run to the next: a weight, an optimizer's slot, a state. */
export interface VariableSpec {
  /** Unique in the program. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** What all its elements are at first, where it is no weight; default 0. */
  readonly initial?: number;
}

/** A tensor that each run is given. Shapes are fully known: another batch size is another step. */
export interface FeedSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

export interface StepDefinition {
  /** `train`, `evaluate`, …: for messages. */
  readonly name: string;
  readonly feeds: readonly FeedSpec[];
  /**
   * Whether ops may be replaced by faster ones that round otherwise than those that Keras runs. Not in a single training
   * step: where a gradient is nothing but rounding (a bias before a BatchNormalization), Adam makes a step of it.
   */
  readonly relaxed?: boolean;
  /**
   * What XLA may compile: the whole step as one function, or its `parts`, which are its scans and what its scope is asked to
   * `fuse`. It rounds otherwise, and compiles for 0.1 to 1 s at the first run; what it cannot compile fails there, before any
   * variable has changed.
   */
  readonly xla?: XlaUse;
  /**
   * Whether a run may keep the calling thread until it is done, and run its ops there: for steps of a few hundred
   * microseconds, of which handing over to other threads and back would be most.
   */
  readonly inline?: boolean;
  /**
   * Whether the step runs a single time: a runtime then computes nothing of it ahead, which would take as long as the run, and
   * keep what it has computed.
   */
  readonly once?: boolean;
  /**
   * Describes the step in tfjs ops and answers what a run fetches, in order. Called once when traced, once a run on the
   * oracle; must be deterministic, read no tensor's data, and capture no tensor from outside.
   */
  build(scope: StepScope): Tensor[];
}

/** See `StepDefinition.xla`. */
export type XlaUse = 'parts' | 'step';

export interface StepScope {
  feed(name: string): Tensor;
  /** The variable's value at the start of the run: the same tensor at every call, so gradients can be taken of it. */
  read(variable: string): Tensor;
  /** Sets the variable at the end of the run, after every `read` of it. At most one `assign` or `update` a variable. */
  assign(variable: string, value: Tensor): void;
  /** Like `assign`, by one of the rules that TensorFlow has a fused kernel for. */
  update(rule: UpdateRule): void;
  /**
   * Sets variables of one shape, of `LARGE_VARIABLE` elements at least, to what `body` makes of their values and of `given`, a tensor of
   * that shape. `body` is elementwise: a runtime gives it one piece after the other, and writes over the old value. Instead of `assign`;
   * `undefined` where a step cannot change memory in place.
   */
  readonly updateInPieces: UpdateInPieces | undefined;
  /**
   * What `body` computes of `inputs`, and of no other tensor. A runtime may make one kernel of it, which keeps nothing of
   * what lies between. No gradient passes through it.
   * @param after tensors that a runtime computes before, where what lies between is large: so both need not be there at once
   */
  fuse(inputs: readonly Tensor[], body: (inputs: readonly Tensor[]) => Tensor[], after?: readonly Tensor[]): Tensor[];
}

/** Elements that variables have at least which are updated in pieces. */
export const LARGE_VARIABLE = 2 ** 22;

/** See `StepScope.updateInPieces`. `body`: from pieces of the variables, in their order, and of `given` to the variables' new pieces. */
export type UpdateInPieces = (variables: readonly string[], given: Tensor, body: (values: readonly Tensor[], given: Tensor) => readonly Tensor[]) => void;

/**
 * Updates in place. `learningRate` and the other hyperparameters are scalar tensors, so that they can be fed.
 * Formulas: Keras 2.0's optimizers.py; TensorFlow's training_ops (the kernels named) compute the same.
 */
export type UpdateRule =
  /** `p -= lr·g` (ResourceApplyGradientDescent) */
  | { readonly kind: 'gradient_descent'; readonly variable: string; readonly gradient: Tensor; readonly learningRate: Tensor }
  /** `m ← μm − lr·g; p += nesterov ? μm − lr·g : m` (ResourceApplyKerasMomentum) */
  | {
      readonly kind: 'momentum';
      readonly variable: string;
      readonly momentumSlot: string;
      readonly gradient: Tensor;
      readonly learningRate: Tensor;
      readonly momentum: number;
      readonly nesterov: boolean;
    };

export interface Program {
  compile(step: StepDefinition): CompiledStep;
  /**
   * Adds variables, which hold nothing before they are written.
   * @throws RangeError when the program has one of that name.
   */
  declare(variables: readonly VariableSpec[]): void;
  /** Takes variables out that were declared, and frees their memory. Steps over them must not be run any more. */
  release(names: readonly string[]): Promise<void>;
  /** Copies of the variables' values, in the order of `names`. */
  read(names: readonly string[]): Promise<NdArray[]>;
  /**
   * @throws RangeError naming the variable, when a shape or dtype is not the variable's.
   */
  write(values: ReadonlyMap<string, NdArray>): Promise<void>;
  dispose(): void;
}

export interface CompiledStep {
  /**
   * One run: feeds by name (shape and dtype exactly as declared), answers the fetched tensors as copies.
   * Runs of one program are executed in the order of the calls.
   * @throws RangeError naming the feed when its shape or dtype is not the declared one; an Error with TensorFlow's own message.
   */
  run(feeds: Readonly<Record<string, NdArray>>): Promise<NdArray[]>;
  /** Number of graph nodes, where there is a graph. */
  readonly nodeCount?: number;
  dispose(): void;
}

/** Dtypes that a fetched tensor can have. */
export type FetchDType = Extract<DType, 'float32' | 'int32' | 'bool'>;

import type { Tensor } from '@tensorflow/tfjs-core';
import { FormatError, type Json } from '@trainyard/keras-format';

import type { Constraint } from '../constraints/constraint.js';
import type { Initializer } from '../initializers/initializer.js';
import type { Regularizer } from '../regularizers/regularizer.js';
import { shapeText, type Shape } from '../shape.js';

/** A weight as a description: nothing is allocated for it. */
export interface WeightSpec {
  /** Its name within the layer, Keras's: `kernel`, `moving_mean`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  readonly regularizer?: Regularizer | undefined;
  readonly constraint?: Constraint | undefined;
  /** False for what training moves without a gradient (moving statistics). */
  readonly trainable?: boolean;
}

/** What a layer carries from one batch to the next: float32, 0 at first and after `reset_states`. */
export interface StateSpec {
  /** Its name within the layer, among those of its weights. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** A boolean tensor [batch, time] that says which steps count, or `undefined`: all do. */
export type Mask = Tensor | undefined;

/** What a layer may ask for while it is called: its weights, random numbers, somewhere to leave updates and losses. */
export interface CallScope {
  readonly training: boolean;
  /** Whether gradients will be taken of what is computed: else nothing need be kept for them. */
  readonly differentiated: boolean;
  /** The layer's weight or state by its name in `weights` or `states`, with this step's pending update applied where there is one. */
  weight(name: string): Tensor;
  /** The layer's weight as it was when the step began. */
  before(name: string): Tensor;
  /** Sets a weight or a state at the end of the step. */
  assign(name: string, value: Tensor): void;
  /** Adds a scalar to the model's loss (activity regularizers). */
  addLoss(loss: Tensor): void;
  /** An int32 [2] seed that no other call in this step gets; differs from step to step. */
  seed(): Tensor;
  /** The scope of a layer inside this one. */
  inner(layer: Layer): CallScope;
}

export interface CallResult {
  readonly outputs: Tensor[];
  readonly masks: Mask[];
}

/** Keyword arguments of a call that are no tensors: `use_causal_mask`. */
export type CallArguments = Readonly<Record<string, Json>>;

/** What every layer's constructor takes. */
export interface LayerOptions {
  readonly name: string;
  /** False freezes all its weights. */
  readonly trainable: boolean;
  /** JSON pointer of the layer's config, for messages. */
  readonly pointer: string;
}

/**
 * A Keras layer as a pure description. One object serves every runtime: the tensors of `call` are symbolic while a step is
 * traced, plain on the oracle. Shapes are those of `call`'s inputs with the batch dimension first.
 */
export abstract class Layer {
  abstract readonly className: string;
  readonly name: string;
  readonly pointer: string;
  trainable: boolean;

  constructor(options: LayerOptions) {
    this.name = options.name;
    this.trainable = options.trainable;
    this.pointer = options.pointer;
  }

  /** Layers inside this one, in Keras's order; their weights are this layer's too. */
  get innerLayers(): readonly Layer[] {
    return [];
  }

  /** Whether `call` in training asks for `seed()`: only then is a seed fed. */
  get drawsRandom(): boolean {
    return this.innerLayers.some((layer) => layer.drawsRandom);
  }

  /** Whether a call loops over time, with products of matrices in each turn. */
  get loopsOverTime(): boolean {
    return this.innerLayers.some((layer) => layer.loopsOverTime);
  }

  /** Keras's `supports_masking`. */
  get supportsMasking(): boolean {
    return false;
  }

  /** Whether it masks its output even where no input is masked (Masking, Embedding with mask_zero). */
  get masksOutput(): boolean {
    return false;
  }

  /** Whether its output is unmasked even where an input is masked (Dot, a recurrent layer's last output). */
  get stopsMask(): boolean {
    return false;
  }

  /** Whether a mask comes out, given which inputs are masked, where the layer passes masks on. */
  passesMask(masked: readonly boolean[]): boolean {
    return masked.includes(true);
  }

  /** The keyword arguments that a call may have with another value than null or false. */
  get callArguments(): readonly string[] {
    return [];
  }

  /** Which outputs carry the mask, where the layer passes one on. */
  carriesMask(_output: number): boolean {
    return true;
  }

  /**
   * Its own weights (not those of inner layers), in Keras's `get_weights` order, for these inputs.
   * @throws FormatError when the inputs' rank or a dimension does not fit.
   */
  weights(_inputShapes: readonly Shape[]): readonly WeightSpec[] {
    return [];
  }

  /** What it carries from batch to batch (not what inner layers do), for these inputs. */
  states(_inputShapes: readonly Shape[]): readonly StateSpec[] {
    return [];
  }

  /**
   * Output shapes for these inputs.
   * @throws FormatError when the layer cannot be called with them.
   */
  abstract outputShapes(inputShapes: readonly Shape[]): readonly Shape[];

  /**
   * Numbers that a call keeps of one row for the backward pass besides its output: for an estimate of memory. As many as
   * the output has (a product before its bias and activation) unless a layer knows better.
   * @param inputs shapes without the batch dimension, as are `outputs`.
   */
  keptPerRow(_inputs: readonly (readonly number[])[], outputs: readonly (readonly number[])[]): number {
    return outputs.reduce((sum, shape) => sum + shape.reduce((size, dimension) => size * dimension, 1), 0);
  }

  abstract call(scope: CallScope, inputs: readonly Tensor[], masks: readonly Mask[], args?: CallArguments): Tensor[];

  /** Keras's `compute_mask`: passes the mask on where masking is supported. */
  computeMasks(_inputs: readonly Tensor[], masks: readonly Mask[]): Mask[] {
    return [masks[0]];
  }

  /** @throws FormatError unless the input has exactly `rank` dimensions, the batch included. */
  protected requireRank(inputShape: Shape, rank: number): void {
    if (inputShape.length !== rank)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): expected an input of ${rank} dimensions, received ${shapeText(inputShape)}`);
  }

  /** The dimension at `axis`, which must be known. */
  protected requireDimension(inputShape: Shape, axis: number): number {
    const dimension = inputShape.at(axis);
    if (dimension === null || dimension === undefined)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): expected dimension ${axis} of its input to be known, received ${shapeText(inputShape)}`);
    return dimension;
  }
}

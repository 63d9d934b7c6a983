import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import { shapeText, type Shape } from '../shape.js';
import { Layer, type CallScope, type LayerOptions, type Mask } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** Joins tensors of one rank into one. */
type Join = (inputs: readonly tf.Tensor[]) => tf.Tensor;

/**
 * Its inputs joined element by element. An input of a lower rank gets dimensions of 1 after the batch; dimensions of 1 are
 * broadcast.
 */
class Merge extends Layer {
  constructor(
    override readonly className: string,
    private readonly join: Join,
    options: LayerOptions,
  ) {
    super(options);
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    if (inputShapes.length < 2) throw this.refuse('at least 2 inputs', inputShapes);
    const rank = Math.max(...inputShapes.map(({ length }) => length));
    const shapes = inputShapes.map(([batch = null, ...row]): Shape => [batch, ...Array.from({ length: rank - 1 - row.length }, () => 1), ...row]);
    return [Array.from({ length: rank }, (_, axis) => this.#dimension(shapes.map((shape) => shape[axis] ?? null), axis, inputShapes))];
  }

  protected refuse(expected: string, inputShapes: readonly Shape[]): FormatError {
    return new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): expected ${expected}, received ${inputShapes.map(shapeText).join(', ')}`);
  }

  /** Keras: unknown where one is unknown (the batch only where all are), else the one that is not 1. */
  #dimension(dimensions: readonly (number | null)[], axis: number, inputShapes: readonly Shape[]): number | null {
    const known = [...new Set(dimensions.filter((dimension) => dimension !== null && (axis === 0 || dimension !== 1)))];
    if (known.length > 1) throw this.refuse('inputs that can be broadcast together', inputShapes);
    if (axis === 0) return known[0] ?? null;
    return dimensions.includes(null) ? null : (known[0] ?? 1);
  }

  override call(_scope: CallScope, inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const rank = Math.max(...inputs.map((input) => input.rank));
    const raised = inputs.map((input) => {
      const [batch = 1, ...row] = input.shape;
      return input.rank === rank ? input : tf.reshape(input, [batch, ...Array.from({ length: rank - input.rank }, () => 1), ...row]);
    });
    return [this.join(raised)];
  }

  /** A step is kept if no mask drops it; inputs without a mask have no say. */
  override computeMasks(_inputs: readonly tf.Tensor[], masks: readonly Mask[]): Mask[] {
    const [first, ...others] = masks.filter((mask) => mask !== undefined);
    return [first && others.reduce((kept, mask) => tf.logicalAnd(kept, mask), first)];
  }
}

/** The difference of exactly two inputs of one shape. */
class Subtract extends Merge {
  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [first = [], second = []] = inputShapes;
    if (inputShapes.length !== 2 || shapeText(first) !== shapeText(second)) throw this.refuse('exactly 2 inputs of the same shape', inputShapes);
    return [first];
  }
}

const fold =
  (op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Join =>
  (inputs) =>
    inputs.reduce((joined, input) => op(joined, input));

const sum = fold((a, b) => tf.add(a, b));

const definition = (className: string, join: Join): LayerDefinition => ({ className, create: (_config, options) => new Merge(className, join, options) });

export const add = definition('Add', sum);
export const multiply = definition('Multiply', fold((a, b) => tf.mul(a, b)));
export const average = definition('Average', (inputs) => tf.div(sum(inputs), inputs.length));
export const maximum = definition('Maximum', fold((a, b) => tf.maximum(a, b)));
export const minimum = definition('Minimum', fold((a, b) => tf.minimum(a, b)));
export const subtract: LayerDefinition = { className: 'Subtract', create: (_config, options) => new Subtract('Subtract', fold((a, b) => tf.sub(a, b)), options) };

import type { Tensor } from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import { shapeText, type Shape } from '../shape.js';
import { Layer, type CallScope, type Mask } from './layer.js';

/** A layer of one input and one output: most of them. */
export abstract class SingleInputLayer extends Layer {
  abstract outputShape(inputShape: Shape): Shape;
  abstract callOn(scope: CallScope, input: Tensor, mask: Mask): Tensor;

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [this.outputShape(this.only(inputShapes))];
  }

  override call(scope: CallScope, inputs: readonly Tensor[], masks: readonly Mask[]): Tensor[] {
    const [input] = inputs;
    if (!input) throw new FormatError('invalid_model', this.pointer, `layer "${this.name}": expected one input, received none`);
    return [this.callOn(scope, input, masks[0])];
  }

  protected only(inputShapes: readonly Shape[]): Shape {
    const [shape] = inputShapes;
    if (!shape || inputShapes.length !== 1)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): expected one input, received ${inputShapes.length}`);
    return shape;
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

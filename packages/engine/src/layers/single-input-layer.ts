import type { Tensor } from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { Shape } from '../shape.js';
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
}

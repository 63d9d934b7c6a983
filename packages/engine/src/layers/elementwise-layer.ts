import type { Shape } from '../shape.js';
import { SingleInputLayer } from './single-input-layer.js';

/** A layer whose output has its input's shape, each step computed for itself, so that a mask stays valid. */
export abstract class ElementwiseLayer extends SingleInputLayer {
  override get supportsMasking(): boolean {
    return true;
  }

  override outputShape(inputShape: Shape): Shape {
    return inputShape;
  }
}

import type { CallArguments, Layer } from '../layers/layer.js';
import type { Shape } from '../shape.js';

/** One call of a layer inside a model, with the shapes that it was found to have. */
export interface Node {
  readonly layer: Layer;
  /** Position among the calls of this layer. */
  readonly index: number;
  /** The tensors it is called on; empty for an input layer. */
  readonly inputs: readonly TensorKey[];
  readonly inputShapes: readonly Shape[];
  readonly outputShapes: readonly Shape[];
  /** The call's keyword arguments besides tensors. */
  readonly args: CallArguments;
  /** Which outputs carry a mask. */
  readonly masked: readonly boolean[];
}

/** A tensor of the graph: output `tensor` of `node`. */
export interface TensorKey {
  readonly node: Node;
  readonly tensor: number;
}

export function shapeOf(key: TensorKey): Shape {
  return key.node.outputShapes[key.tensor] ?? [];
}

import type { Shape } from '../../shape.js';
import { Layer } from '../layer.js';

/** A layer inside a wrapper. */
export interface Wrapped {
  readonly layer: Layer;
  /** Shapes of what the wrapper calls it on. */
  readonly inputShapes: readonly Shape[];
  /** What stands between the wrapper's name and the weight's in Keras's files: nothing, or `forward_lstm_1/`. */
  readonly nameScope: string;
}

/**
 * A layer that holds others and has no weights of its own. As in Keras, whether it is trainable is theirs to say: its own
 * `trainable` has no effect.
 */
export abstract class Wrapper extends Layer {
  /** The layers inside, in Keras's order, for these inputs of the wrapper. */
  abstract wrapped(inputShapes: readonly Shape[]): readonly Wrapped[];
}

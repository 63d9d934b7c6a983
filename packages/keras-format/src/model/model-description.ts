import type { Json } from '../json.js';

/** A tensor of a functional model's graph: output number `tensor` of a call of the layer named `layer`. */
export interface TensorRef {
  layer: string;
  /**
   * Index into that layer's `inboundNodes`; 0 for an InputLayer. (In Keras's JSON the calls of a nested model count
   * from 1, since its node 0 is the model's own inside: here they count from 0 like all others.)
   */
  node: number;
  tensor: number;
}

/** One call of a layer: the tensors it was called on, and the call's keyword arguments. */
export interface InboundNode {
  inputs: TensorRef[];
  kwargs: Record<string, Json>;
}

/** A layer as the model's JSON tells it. */
export interface LayerDescription {
  /** Keras 2's name of the class, whichever version wrote it. */
  className: string;
  name: string;
  /** In Keras 2's names and layout, whichever version wrote it; no defaults filled in. `{}` where a nested Sequential's config is a list. */
  config: Record<string, Json>;
  /** Fields of `config` that have another name in the JSON as received, with that name: `units` → `output_dim`. */
  sourceNames?: Readonly<Record<string, string>>;
  /** JSON pointer of the layer's object; its config is at `pointer + '/config'`. */
  pointer: string;
  /** Functional models: one per call, in order; empty for an InputLayer and in a Sequential. */
  inboundNodes: InboundNode[];
  /** A nested Sequential or functional model. */
  model?: ModelDescription;
  /** TimeDistributed, Bidirectional: the layer in `config.layer`. */
  wrapped?: LayerDescription;
}

/** A model's architecture, read from its JSON, with every reference in it checked. */
export interface ModelDescription {
  className: 'Sequential' | 'Model';
  name: string;
  /** The Keras that wrote it, such as `2.0.8`; `2.0.0`, or `3` for what only Keras 3 writes, where the JSON does not say. Some meanings depend on it. */
  kerasVersion: string;
  layers: LayerDescription[];
  /**
   * Names of the layers in the order of the weights files of the Keras that wrote the model, where that is not their own:
   * a Sequential that begins with a Merge is a functional model here and in later Keras, and was none there.
   */
  fileOrder?: readonly string[];
  /** Functional models; empty for a Sequential. */
  inputs: TensorRef[];
  outputs: TensorRef[];
  /** JSON pointer of the model's object (`''` at the top); its config is at `pointer + '/config'`. */
  pointer: string;
  /** The model's object as received. */
  source: Json;
}

import type { Tensor } from '@tensorflow/tfjs-core';
import { FormatError, type ModelDescription } from '@trainyard/keras-format';

import { type CallArguments, type CallResult, type CallScope, Layer, type LayerOptions, type Mask } from '../layers/layer.js';
import { fits, shapeText, type Shape } from '../shape.js';
import { type Node, shapeOf, type TensorKey } from './node.js';

/** What a model takes or gives under a name. */
export interface ModelTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: 'float32' | 'int32';
}

export interface ModelParts {
  readonly className: 'Sequential' | 'Model';
  readonly description: ModelDescription;
  readonly layers: readonly Layer[];
  /** In an order in which every node comes after those it takes tensors from. */
  readonly nodes: readonly Node[];
  readonly inputKeys: readonly TensorKey[];
  readonly outputKeys: readonly TensorKey[];
  readonly inputs: readonly ModelTensor[];
  readonly outputs: readonly ModelTensor[];
}

/**
 * A Sequential or functional model: layers, their calls, inputs and outputs. It is itself a layer, so models nest; a
 * model that is called several times has one set of weights.
 */
export class Model extends Layer {
  override readonly className: 'Sequential' | 'Model';
  readonly description: ModelDescription;
  readonly layers: readonly Layer[];
  readonly nodes: readonly Node[];
  readonly inputs: readonly ModelTensor[];
  readonly outputs: readonly ModelTensor[];
  readonly inputKeys: readonly TensorKey[];
  readonly outputKeys: readonly TensorKey[];

  constructor(parts: ModelParts, options: LayerOptions) {
    super(options);
    this.className = parts.className;
    this.description = parts.description;
    this.layers = parts.layers;
    this.nodes = parts.nodes;
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.inputKeys = parts.inputKeys;
    this.outputKeys = parts.outputKeys;
  }

  override get innerLayers(): readonly Layer[] {
    return this.layers;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override get masksOutput(): boolean {
    return this.outputKeys.some((key) => key.node.masked[key.tensor]);
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    if (inputShapes.length !== this.inputs.length)
      throw new FormatError('incompatible_shapes', this.pointer, `model "${this.name}": expected ${this.inputs.length} inputs, received ${inputShapes.length}`);
    inputShapes.forEach((shape, i) => {
      const declared = this.inputs[i]?.shape ?? [];
      const agrees = shape.length === declared.length && shape.slice(1).every((dimension, axis) => dimension === null || fits([declared[axis + 1] ?? null], [dimension]));
      if (!agrees)
        throw new FormatError('incompatible_shapes', this.pointer, `model "${this.name}": expected input ${i} of ${shapeText(declared)}, received ${shapeText(shape)}`);
    });
    const shapes = new Map<TensorKey['node'], readonly Shape[]>();
    this.inputKeys.forEach((key, i) => shapes.set(key.node, [inputShapes[i] ?? []]));
    for (const node of this.nodes) {
      if (shapes.has(node)) continue;
      shapes.set(node, node.layer.outputShapes(node.inputs.map((key) => shapes.get(key.node)?.[key.tensor] ?? [])));
    }
    return this.outputKeys.map((key) => shapes.get(key.node)?.[key.tensor] ?? shapeOf(key));
  }

  override call(scope: CallScope, inputs: readonly Tensor[], masks: readonly Mask[]): Tensor[] {
    return this.run(scope, inputs, masks).outputs;
  }

  override computeMasks(): Mask[] {
    throw new Error(`model "${this.name}": a nested model's masks come with its outputs; use run`);
  }

  /**
   * Calls every layer in order.
   * @param also further tensors to answer after the model's outputs (the outputs of inner layers).
   */
  run(scope: CallScope, inputs: readonly Tensor[], masks: readonly Mask[], also: readonly TensorKey[] = []): CallResult {
    const results = new Map<Node, CallResult>();
    this.inputKeys.forEach((key, i) => results.set(key.node, { outputs: [inputs[i] as Tensor], masks: [masks[i]] }));
    const find = (key: TensorKey): { tensor: Tensor; mask: Mask } => {
      const result = results.get(key.node);
      return { tensor: result?.outputs[key.tensor] as Tensor, mask: result?.masks[key.tensor] };
    };
    for (const node of this.nodes) {
      if (results.has(node)) continue;
      const found = node.inputs.map(find);
      results.set(node, callLayer(node.layer, scope.inner(node.layer), found.map(({ tensor }) => tensor), found.map(({ mask }) => mask), node.args));
    }
    const answers = [...this.outputKeys, ...also].map(find);
    return { outputs: answers.map(({ tensor }) => tensor), masks: answers.map(({ mask }) => mask) };
  }
}

function callLayer(layer: Layer, scope: CallScope, inputs: readonly Tensor[], masks: readonly Mask[], args: CallArguments): CallResult {
  if (layer instanceof Model) return layer.run(scope, inputs, masks);
  const outputs = layer.call(scope, inputs, masks, args);
  const carries = layer.masksOutput || masks.some((mask) => mask !== undefined);
  return { outputs, masks: carries ? layer.computeMasks(inputs, masks) : outputs.map(() => undefined) };
}

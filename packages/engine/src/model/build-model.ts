import { at, FormatError, type LayerDescription, type ModelDescription, quote, type TensorRef } from '@trainyard/keras-format';

import { ConfigReader } from '../config/config-reader.js';
import { InputLayer, inputDType } from '../layers/input-layer.js';
import type { CallArguments, Layer, LayerOptions } from '../layers/layer.js';
import { layerDefinitions } from '../layers/registry.js';
import { shapeText } from '../shape.js';
import { Model, type ModelParts, type ModelTensor } from './model.js';
import { type Node, shapeOf, type TensorKey } from './node.js';
import { weightsOfLayer } from './weight-ref.js';

/**
 * Makes a model of its description: layers, calls, shapes. Nothing is allocated, whatever the sizes.
 * @throws FormatError with a pointer into the model's JSON: an unknown layer, a wrong argument, shapes that do not meet.
 */
export function buildModel(description: ModelDescription): Model {
  return new ModelBuilder(description).build({ name: description.name, trainable: true, pointer: `${description.pointer}/config` });
}

/** Makes one layer, nested models and wrapped layers included. */
function createLayer(description: LayerDescription, kerasVersion: string): Layer {
  const pointer = `${description.pointer}/config`;
  const config = new ConfigReader(description.config, pointer, kerasVersion, description.sourceNames);
  const options: LayerOptions = { name: description.name, trainable: config.boolean('trainable', true), pointer };
  if (description.model) return new ModelBuilder(description.model).build(options);
  const definition = layerDefinitions.get(description.className);
  if (!definition)
    throw new FormatError(
      'unknown_layer',
      `${description.pointer}/class_name`,
      `unknown layer "${description.className}"; supported are ${[...layerDefinitions.keys()].sort().join(', ')}, and nested models`,
    );
  return definition.create(config, options, { description, createLayer: (inner) => createLayer(inner, kerasVersion) });
}

/** @throws FormatError for a keyword argument that would change what the layer computes, and that it does not know. */
function requireArguments(layer: Layer, args: CallArguments, pointer: string): void {
  for (const [name, value] of Object.entries(args))
    if (value !== null && value !== false && !layer.callArguments.includes(name))
      throw new FormatError('unsupported_argument', at(pointer, name), `expected null or false for the argument "${name}" in a call of ${layer.className}, received ${quote(value)}`);
}

class ModelBuilder {
  readonly #description: ModelDescription;
  readonly #layers = new Map<string, Layer>();
  readonly #nodes: Node[] = [];
  /** The calls of each layer so far, by its name. */
  readonly #calls = new Map<string, Node[]>();

  constructor(description: ModelDescription) {
    this.#description = description;
  }

  build(options: LayerOptions): Model {
    for (const layer of this.#description.layers) this.#layers.set(layer.name, createLayer(layer, this.#description.kerasVersion));
    const parts = this.#description.className === 'Sequential' ? this.#buildSequential() : this.#buildFunctional();
    return new Model(parts, options);
  }

  #layer(name: string): Layer {
    const layer = this.#layers.get(name);
    if (!layer) throw new FormatError('invalid_model', this.#description.pointer, `expected a layer named "${name}", found none`);
    return layer;
  }

  #call(layer: Layer, inputs: readonly TensorKey[], args: CallArguments = {}): Node {
    const inputShapes = inputs.map(shapeOf);
    const masked = inputs.map(({ node, tensor }) => node.masked[tensor] ?? false);
    if (masked.includes(true) && !layer.supportsMasking)
      throw new FormatError('mask_not_supported', layer.pointer, `layer "${layer.name}" (${layer.className}) does not support masking, but its input is masked`);
    const outputShapes = layer.outputShapes(inputShapes);
    const carries = !layer.stopsMask && (layer.masksOutput || layer.passesMask(masked));
    const calls = this.#calls.get(layer.name) ?? [];
    const [first] = calls;
    if (first) this.#requireSameWeights(layer, first, inputShapes);
    else weightsOfLayer(layer, inputShapes); // refuses what the weights cannot be made for
    const node: Node = { layer, index: calls.length, inputs, inputShapes, outputShapes, args, masked: outputShapes.map((_, output) => carries && layer.carriesMask(output)) };
    this.#calls.set(layer.name, [...calls, node]);
    this.#nodes.push(node);
    return node;
  }

  /** A shared layer has one set of weights: every call must ask for the same. */
  #requireSameWeights(layer: Layer, first: Node, inputShapes: Node['inputShapes']): void {
    const shapes = (at: Node['inputShapes']): string => JSON.stringify(weightsOfLayer(layer, at).map(({ spec }) => spec.shape));
    if (shapes(first.inputShapes) !== shapes(inputShapes))
      throw new FormatError('incompatible_shapes', layer.pointer, `layer "${layer.name}" is shared: expected an input like its first, ${first.inputShapes.map(shapeText).join(', ')}, received ${inputShapes.map(shapeText).join(', ')}`);
  }

  #buildSequential(): ModelParts {
    const [firstDescription] = this.#description.layers;
    if (!firstDescription) throw new FormatError('invalid_model', `${this.#description.pointer}/config`, 'expected at least one layer, received none');
    const input = this.#sequentialInput(firstDescription);
    let node = this.#call(input, []);
    const layers = [...this.#layers.values()];
    for (const layer of layers) if (layer !== input) node = this.#call(layer, [{ node, tensor: 0 }]);
    const last = layers.at(-1) as Layer;
    const outputs: ModelTensor[] = [{ name: last.name, shape: node.outputShapes[0] ?? [], dtype: 'float32' }];
    return this.#parts(layers, [{ node: this.#nodes[0] as Node, tensor: 0 }], [{ node, tensor: 0 }], outputs);
  }

  /** The first layer if it is an InputLayer, else one for the `batch_input_shape` of the first layer (or of its model's). */
  #sequentialInput(first: LayerDescription): InputLayer {
    const layer = this.#layer(first.name);
    if (layer instanceof InputLayer) return layer;
    const options: LayerOptions = { name: `${first.name}_input`, trainable: true, pointer: `${first.pointer}/config` };
    if (layer instanceof Model) {
      const [input] = layer.inputs;
      if (input && layer.inputs.length === 1) return new InputLayer(options, input.shape, input.dtype);
    }
    const config = new ConfigReader(first.config, options.pointer, this.#description.kerasVersion, first.sourceNames);
    const shape = config.shape('batch_input_shape');
    if (!shape) throw config.refuse('batch_input_shape', 'the shape of the model\'s input (its batch dimension first) in the first layer of a Sequential');
    return new InputLayer(options, shape, inputDType(config));
  }

  #buildFunctional(): ModelParts {
    const waiting = new Set<string>();
    for (const description of this.#description.layers) {
      if (description.inboundNodes.length === 0) this.#call(this.#layer(description.name), []);
      else waiting.add(description.name);
    }
    // Calls are made as soon as what they take is there; the parser has refused cycles, so each round makes at least one.
    while (waiting.size > 0) {
      let made = 0;
      for (const description of this.#description.layers) if (waiting.has(description.name)) made += this.#callWherePossible(description, waiting);
      if (made === 0) throw new FormatError('invalid_model', this.#description.pointer, `the calls of ${[...waiting].join(', ')} wait for each other`);
    }
    const layers = this.#description.layers.map(({ name }) => this.#layer(name));
    const given = new Set(this.#description.inputs.map(({ layer }) => layer));
    const missing = layers.find((layer) => layer instanceof InputLayer && !given.has(layer.name));
    if (missing) throw new FormatError('disconnected_graph', missing.pointer, `expected every InputLayer among the model's inputs (${[...given].join(', ')}), received "${missing.name}", which would have no value`);
    const outputs = this.#description.outputs.map((ref): ModelTensor => ({ name: ref.layer, shape: shapeOf(this.#tensor(ref)), dtype: 'float32' }));
    return this.#parts(layers, this.#description.inputs.map((ref) => this.#tensor(ref)), this.#description.outputs.map((ref) => this.#tensor(ref)), outputs);
  }

  #callWherePossible(description: LayerDescription, waiting: Set<string>): number {
    const layer = this.#layer(description.name);
    let made = 0;
    for (;;) {
      const index = this.#calls.get(description.name)?.length ?? 0;
      const next = description.inboundNodes[index];
      if (!next) {
        waiting.delete(description.name);
        return made;
      }
      if (!next.inputs.every((ref) => this.#calls.get(ref.layer)?.[ref.node])) return made;
      requireArguments(layer, next.kwargs, at(at(description.pointer, 'inbound_nodes'), index));
      this.#call(layer, next.inputs.map((ref) => this.#tensor(ref)), next.kwargs);
      made++;
    }
  }

  #tensor(ref: TensorRef): TensorKey {
    const node = this.#calls.get(ref.layer)?.[ref.node];
    if (!node || ref.tensor >= node.outputShapes.length)
      throw new FormatError('invalid_model', this.#description.pointer, `expected output ${ref.tensor} of call ${ref.node} of layer "${ref.layer}", found none`);
    return { node, tensor: ref.tensor };
  }

  #parts(layers: readonly Layer[], inputKeys: readonly TensorKey[], outputKeys: readonly TensorKey[], outputs: readonly ModelTensor[]): ModelParts {
    const inputs = inputKeys.map(({ node }): ModelTensor => {
      if (!(node.layer instanceof InputLayer))
        throw new FormatError('invalid_model', this.#description.pointer, `expected the input "${node.layer.name}" to be an InputLayer, received a ${node.layer.className}`);
      return { name: node.layer.name, shape: node.layer.shape, dtype: node.layer.dtype };
    });
    return { className: this.#description.className, description: this.#description, layers, nodes: this.#nodes, inputKeys, outputKeys, inputs, outputs };
  }
}

import type { Layer } from '../layers/layer.js';
import { shapeText, type Shape } from '../shape.js';
import { Model } from './model.js';
import { type Node, shapeOf, type TensorKey } from './node.js';

/**
 * A call of a layer by Keras's count. A nested model's first is no call: it links the model's own inputs to its outputs, so
 * that its calls count from 1.
 */
export interface InboundNode {
  /** The tensors that it is called on; for a nested model's own, those of its inputs. */
  readonly inputs: readonly TensorKey[];
  readonly outputs: readonly TensorKey[];
  readonly inputShapes: readonly Shape[];
  readonly outputShapes: readonly Shape[];
  readonly inputMasks: readonly boolean[];
  readonly outputMasks: readonly boolean[];
}

/** Where Keras's answer is one thing for one tensor and a list for several. */
type OneOrAll<T> = T | readonly T[];

/** Keras's `layer.inbound_nodes`, of a layer of this model's top level. */
export function inboundNodes(model: Model, layer: Layer): InboundNode[] {
  const calls = model.nodes.filter((node) => node.layer === layer).map(callOf);
  if (!(layer instanceof Model)) return calls;
  const own = linkOf(layer.inputKeys, layer.outputKeys);
  // A Sequential goes on from the outputs of a model that comes first, and does not call it.
  return model.className === 'Sequential' && model.layers[0] === layer ? [own] : [own, ...calls];
}

function callOf(node: Node): InboundNode {
  const outputs = node.outputShapes.map((_, tensor) => ({ node, tensor }));
  return node.inputs.length > 0 ? linkOf(node.inputs, outputs) : linkOf(outputs, outputs);
}

function linkOf(inputs: readonly TensorKey[], outputs: readonly TensorKey[]): InboundNode {
  return { inputs, outputs, inputShapes: inputs.map(shapeOf), outputShapes: outputs.map(shapeOf), inputMasks: inputs.map(isMasked), outputMasks: outputs.map(isMasked) };
}

function isMasked({ node, tensor }: TensorKey): boolean {
  return node.masked[tensor] ?? false;
}

function at<T>(model: Model, layer: Layer, index: number, what: string, read: (node: InboundNode) => readonly T[]): OneOrAll<T> {
  const nodes = inboundNodes(model, layer);
  if (nodes.length === 0) throw new RangeError(`The layer has never been called and thus has no defined ${what}.`);
  const node = nodes.at(index);
  if (!node) throw new RangeError(`Asked to get ${what} at node ${index}, but the layer has only ${nodes.length} inbound nodes.`);
  const values = read(node);
  return values.length === 1 ? (values[0] as T) : values;
}

/** @throws RangeError in Keras's words when the layer has no such call; so do the next five. */
export function getInputShapeAt(model: Model, layer: Layer, index: number): OneOrAll<Shape> {
  return at(model, layer, index, 'input shape', ({ inputShapes }) => inputShapes);
}

export function getOutputShapeAt(model: Model, layer: Layer, index: number): OneOrAll<Shape> {
  return at(model, layer, index, 'output shape', ({ outputShapes }) => outputShapes);
}

export function getInputAt(model: Model, layer: Layer, index: number): OneOrAll<TensorKey> {
  return at(model, layer, index, 'input', ({ inputs }) => inputs);
}

export function getOutputAt(model: Model, layer: Layer, index: number): OneOrAll<TensorKey> {
  return at(model, layer, index, 'output', ({ outputs }) => outputs);
}

/** Whether the inputs of a call are masked: a mask has no value before data does. */
export function getInputMaskAt(model: Model, layer: Layer, index: number): OneOrAll<boolean> {
  return at(model, layer, index, 'input mask', ({ inputMasks }) => inputMasks);
}

export function getOutputMaskAt(model: Model, layer: Layer, index: number): OneOrAll<boolean> {
  return at(model, layer, index, 'output mask', ({ outputMasks }) => outputMasks);
}

function onlyShape(model: Model, layer: Layer, side: 'input' | 'output', read: (node: InboundNode) => readonly Shape[]): OneOrAll<Shape> {
  const nodes = inboundNodes(model, layer);
  if (nodes.length === 0) throw new RangeError(`The layer has never been called and thus has no defined ${side} shape.`);
  if (new Set(nodes.map((node) => read(node).map(shapeText).join())).size > 1)
    throw new RangeError(
      `The layer "${layer.name} has multiple inbound nodes, with different ${side} shapes. Hence the notion of "${side} shape" is ill-defined for the layer. Use \`get_${side}_shape_at(node_index)\` instead.`,
    );
  return at(model, layer, 0, `${side} shape`, read);
}

/** Keras's `layer.input_shape`. @throws RangeError in Keras's words where calls differ. */
export function inputShape(model: Model, layer: Layer): OneOrAll<Shape> {
  return onlyShape(model, layer, 'input', ({ inputShapes }) => inputShapes);
}

/** Keras's `layer.output_shape`. @throws RangeError in Keras's words where calls differ. */
export function outputShape(model: Model, layer: Layer): OneOrAll<Shape> {
  return onlyShape(model, layer, 'output', ({ outputShapes }) => outputShapes);
}

function only(model: Model, layer: Layer, side: 'input' | 'output', read: (node: InboundNode) => readonly TensorKey[]): OneOrAll<TensorKey> {
  const count = inboundNodes(model, layer).length;
  if (count > 1)
    throw new RangeError(`Layer ${layer.name} has multiple inbound nodes, hence the notion of "layer ${side}" is ill-defined. Use \`get_${side}_at(node_index)\` instead.`);
  return at(model, layer, 0, side, read);
}

/** Keras's `layer.input`. @throws RangeError in Keras's words where there are several calls. */
export function layerInput(model: Model, layer: Layer): OneOrAll<TensorKey> {
  return only(model, layer, 'input', ({ inputs }) => inputs);
}

/** Keras's `layer.output`. @throws RangeError in Keras's words where there are several calls. */
export function layerOutput(model: Model, layer: Layer): OneOrAll<TensorKey> {
  return only(model, layer, 'output', ({ outputs }) => outputs);
}

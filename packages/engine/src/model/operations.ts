import type { Layer } from '../layers/layer.js';
import { Wrapper } from '../layers/wrappers/wrapper.js';
import type { Shape } from '../shape.js';
import { Model } from './model.js';
import type { Node } from './node.js';
import { weightRefsByLayer, weightSize } from './weight-ref.js';

/**
 * About how many operations a prediction of one row takes: each weight is multiplied and added at each position (of an image
 * or a sequence) of its layer's input or output. Training takes three times as many: once forward, twice backward.
 */
export function operationsOfRow(model: Model): number {
  const weights = new Map(weightRefsByLayer(model).map(({ layer, weights: refs }) => [layer, refs.reduce((sum, ref) => sum + weightSize(ref), 0)]));
  return model.nodes.reduce((sum, node) => sum + operationsOfCall(node, weights.get(node.layer) ?? 0), 0);
}

function operationsOfCall(node: Node, weights: number): number {
  const { layer, inputShapes, outputShapes } = node;
  if (isLookup(layer)) return 0;
  if (layer instanceof Model) return operationsOfRow(layer);
  return 2 * weights * Math.max(1, ...[...inputShapes, ...outputShapes].map(positionsOf));
}

/** A layer that gathers rows of its weights, and multiplies none. */
function isLookup(layer: Layer): boolean {
  return layer instanceof Wrapper ? layer.innerLayers.every(isLookup) : layer.className === 'Embedding';
}

/** Elements between the batch dimension and the last one; an open dimension counts as 100. */
function positionsOf(shape: Shape): number {
  return shape.slice(1, -1).reduce<number>((product, dimension) => product * (dimension ?? 100), 1);
}

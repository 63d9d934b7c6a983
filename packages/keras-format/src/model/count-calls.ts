import { FormatError } from '../format-error.js';
import { quote } from '../json.js';
import type { LayerDescription, ModelDescription } from './model-description.js';

/**
 * Calls of layers in all beyond which a model is refused. A model that is called ten times and holds one that is called ten times,
 * and so on, is a small text and a graph that no machine can hold.
 */
export const MAX_CALLS = 200_000;

/** @throws FormatError `too_large` at the layer with which the calls exceed the limit. */
export function checkCallCount(model: ModelDescription): void {
  countCalls(model);
}

/** Calls of the model's layers in one call of the model: those of a nested model count each time that it is called. */
function countCalls(model: ModelDescription): number {
  let calls = 0;
  for (const layer of model.layers) {
    calls += Math.max(1, layer.inboundNodes.length) * callsWithin(layer);
    if (calls > MAX_CALLS)
      throw new FormatError('too_large', layer.pointer, `expected at most ${MAX_CALLS} calls of layers, those of a nested model counted each time that it is called; with ${quote(layer.name)} there are ${calls}`);
  }
  return calls;
}

function callsWithin(layer: LayerDescription): number {
  if (layer.model) return countCalls(layer.model);
  return layer.wrapped ? callsWithin(layer.wrapped) : 1;
}

import type { NdArray } from '@trainyard/ndarray';
import type { LayerWeights } from '../h5/weights-file.js';
import type { LayerDescription, ModelDescription } from '../model/model-description.js';
import { gatesOf, HARD_SIGMOID_SCALE, type HardSigmoidGates } from '../model/versions/keras3/hard-sigmoid.js';
import { inGroupOrder, layoutOf, trainableFirst } from './layout.js';

/**
 * A Keras 1 or 2 model's weights such that the same layers of Keras 3 compute the same: what feeds a hard_sigmoid is
 * multiplied by 1.2.
 * @returns the weights, and whether any was changed.
 */
export function scaleWeights(model: ModelDescription, layers: readonly LayerWeights[]): { layers: LayerWeights[]; scaled: boolean } {
  const byName = new Map(layers.map(({ layer, weights }) => [layer, weights]));
  let scaled = false;
  const result = layoutOf(model).map(({ layer, groups }): LayerWeights => {
    const weights = byName.get(layer) ?? [];
    const gates = gatesByGroup(model.layers.find(({ name }) => name === layer) as LayerDescription);
    const ordered = inGroupOrder(groups, weights);
    let next = 0;
    const changed = groups.flatMap((group, index) => {
      const own = ordered.slice(next, next + group.weights.length);
      next += own.length;
      const of = gates[index];
      if (!of || own.length === 0) return own;
      scaled = true;
      return own.map(({ name, array }) => ({ name, array: scaleParts(array, of) }));
    });
    return { layer, weights: trainableFirst(groups, changed) };
  });
  return { layers: result, scaled };
}

/** For each group of a layer, in the order of `layoutOf`. */
function gatesByGroup(layer: LayerDescription): (HardSigmoidGates | undefined)[] {
  const { model, wrapped, className } = layer;
  if (model) {
    const inner = model.className === 'Sequential' ? model.layers.filter((one) => one.className !== 'InputLayer') : model.layers;
    return [undefined, ...inner.flatMap(gatesByGroup)];
  }
  if (wrapped) return [undefined, ...(className === 'Bidirectional' ? [...gatesByGroup(wrapped), ...gatesByGroup(wrapped)] : gatesByGroup(wrapped))];
  const gates = gatesOf(layer);
  if (className === 'MultiHeadAttention') return [undefined, undefined, undefined, undefined, undefined];
  // Recurrent layers have a group of their own, empty, and one for their cell.
  return ['LSTM', 'GRU', 'SimpleRNN', 'ConvLSTM2D'].includes(className) ? [undefined, gates] : [gates];
}

/** Multiplies some of an array's equal parts along its last axis. */
function scaleParts(array: NdArray, { parts, scaled }: HardSigmoidGates): NdArray {
  const columns = array.shape.at(-1) ?? 1;
  const width = columns / parts;
  const data = Float32Array.from(array.data as Float32Array, (value, i) => (scaled.includes(Math.floor((i % columns) / width)) ? value * HARD_SIGMOID_SCALE : value));
  return { dtype: 'float32', shape: array.shape, data };
}

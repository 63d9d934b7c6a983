import type { Layer } from '../layers/layer.js';
import { Model } from './model.js';

/**
 * Keras's `model.get_layer`: by name, or by index. Keras 2.0 looks into the functional model that a Sequential makes of its
 * layers: its input layer has index 0, and a model that comes first is there as its layers.
 * @throws RangeError in Keras's words.
 */
export function getLayer(model: Model, which: string | number): Layer {
  const layers = graphLayers(model);
  if (typeof which === 'number') {
    const layer = layers.at(which);
    if (!layer) throw new RangeError(`Was asked to retrieve layer at index ${which} but model only has ${layers.length} layers.`);
    return layer;
  }
  const layer = layers.find(({ name }) => name === which) ?? model.layers.find(({ name }) => name === which);
  if (!layer) throw new RangeError(`No such layer: ${which}`);
  return layer;
}

function graphLayers(model: Model): readonly Layer[] {
  if (model.className !== 'Sequential') return model.layers;
  const [first, ...others] = model.layers;
  if (first instanceof Model) return [...graphLayers(first), ...others];
  const input = model.inputKeys[0]?.node.layer;
  return input && input !== first ? [input, ...model.layers] : model.layers;
}

import type { Model } from './model.js';

/** Whether tensors of four and more dimensions flow through the model, as they do through two-dimensional convolutions. */
export function hasImages(model: Model): boolean {
  return model.nodes.some(({ layer, outputShapes }) => outputShapes.some(({ length }) => length >= 4) || ('nodes' in layer && hasImages(layer as Model)));
}

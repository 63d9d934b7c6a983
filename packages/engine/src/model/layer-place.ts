import type { Layer } from '../layers/layer.js';
import { Wrapper } from '../layers/wrappers/wrapper.js';
import type { Shape } from '../shape.js';
import { Model } from './model.js';

/** A layer that holds no others, and where in a model it is. */
export interface LayerPlace {
  readonly layer: Layer;
  readonly inputShapes: readonly Shape[];
  /** Begins its variables' names: the path of layers (`model_1/dense_1/`). */
  readonly path: string;
  /** Begins its weights' names in Keras's files (`dense_1/`). */
  readonly nameScope: string;
  /** Whether neither it nor a model around it is frozen. */
  readonly trainable: boolean;
}

/** Every such layer of a model, in Keras's order, those inside nested models and wrappers included. */
export function layerPlaces(model: Model): LayerPlace[] {
  return placesIn(model, '', true);
}

/** The same of one layer of a model's top level. */
export function placesOfLayer(model: Model, layer: Layer): LayerPlace[] {
  return placesOf({ layer, inputShapes: inputShapesOf(model, layer), path: `${layer.name}/`, nameScope: `${layer.name}/`, trainable: true });
}

function placesIn(model: Model, path: string, trainable: boolean): LayerPlace[] {
  return model.layers.flatMap((layer) => placesOf({ layer, inputShapes: inputShapesOf(model, layer), path: `${path}${layer.name}/`, nameScope: `${layer.name}/`, trainable }));
}

/** What is at a place, or inside what is there. */
export function placesOf(place: LayerPlace): LayerPlace[] {
  const { layer, inputShapes, path, nameScope, trainable } = place;
  if (layer instanceof Model) return placesIn(layer, path, trainable && layer.trainable);
  if (!(layer instanceof Wrapper)) return [{ ...place, trainable: trainable && layer.trainable }];
  return layer
    .wrapped(inputShapes)
    .flatMap((inner) => placesOf({ ...inner, path: `${path}${inner.layer.name}/`, nameScope: `${nameScope}${inner.nameScope}`, trainable }));
}

/** The shapes of a layer's first call, from which its weights are made. */
function inputShapesOf(model: Model, layer: Layer): readonly Shape[] {
  return model.nodes.find((node) => node.layer === layer)?.inputShapes ?? [];
}

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
  return topLevel(model).flatMap(placesOf);
}

/**
 * A layer by its name, at any depth: those inside nested models and wrappers included, the outer ones first. A wrapper of
 * one layer (TimeDistributed) stands for the layer inside it.
 */
export function findPlace(model: Model, name: string): LayerPlace | undefined {
  let level = topLevel(model);
  while (level.length > 0) {
    const found = level.find(({ layer }) => layer.name === name);
    if (found) return unwrapped(found);
    level = level.flatMap(directlyInside);
  }
  return undefined;
}

function unwrapped(place: LayerPlace): LayerPlace {
  if (!(place.layer instanceof Wrapper)) return place;
  const [inner, ...others] = directlyInside(place);
  return inner && others.length === 0 ? unwrapped(inner) : place;
}

/** What is directly inside a nested model or a wrapper, as `placesOf` names it. */
export function directlyInside({ layer, inputShapes, path, nameScope, trainable }: LayerPlace): LayerPlace[] {
  if (layer instanceof Model)
    return layer.layers.map((inner) => ({ layer: inner, inputShapes: inputShapesOf(layer, inner), path: `${path}${inner.name}/`, nameScope: `${inner.name}/`, trainable: trainable && layer.trainable }));
  if (!(layer instanceof Wrapper)) return [];
  return layer.wrapped(inputShapes).map((inner) => ({ ...inner, path: `${path}${inner.layer.name}/`, nameScope: `${nameScope}${inner.nameScope}`, trainable }));
}

/** The same of one layer of a model's top level. */
export function placesOfLayer(model: Model, layer: Layer): LayerPlace[] {
  return placesOf(placeIn(model, layer));
}

function topLevel(model: Model): LayerPlace[] {
  return model.layers.map((layer) => placeIn(model, layer));
}

function placeIn(model: Model, layer: Layer): LayerPlace {
  return { layer, inputShapes: inputShapesOf(model, layer), path: `${layer.name}/`, nameScope: `${layer.name}/`, trainable: true };
}

/** What is at a place, or inside what is there. */
export function placesOf(place: LayerPlace): LayerPlace[] {
  const { layer, trainable } = place;
  if (layer instanceof Model || layer instanceof Wrapper) return directlyInside(place).flatMap(placesOf);
  return [{ ...place, trainable: trainable && layer.trainable }];
}

/** The shapes of a layer's first call, from which its weights are made. */
function inputShapesOf(model: Model, layer: Layer): readonly Shape[] {
  return model.nodes.find((node) => node.layer === layer)?.inputShapes ?? [];
}

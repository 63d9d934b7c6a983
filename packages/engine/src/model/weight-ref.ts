import type { Layer, WeightSpec } from '../layers/layer.js';
import type { Shape } from '../shape.js';
import { directlyInside, findPlace, type LayerPlace, layerPlaces, placesOf, placesOfLayer } from './layer-place.js';
import { Model } from './model.js';

/** A weight of a model: its description and the names under which a program and a file know it. */
export interface WeightRef {
  /** The variable's name in a program: the path of layers, then the weight (`model_1/dense_1/kernel`). */
  readonly variable: string;
  /** Keras's name of it in files: `dense_1/kernel:0`. */
  readonly kerasName: string;
  readonly spec: WeightSpec;
  /** False when frozen, or when training moves it without a gradient. */
  readonly trainable: boolean;
}

/** A layer of the model's top level with its weights, those of layers inside it included. */
export interface LayerWeightRefs {
  readonly layer: Layer;
  /** Keras's `layer.weights`: the trainable ones first. This is the order of files. */
  readonly weights: readonly WeightRef[];
}

/**
 * The weights of a model, layer by layer. `get_weights()` of Keras 2.0 is their concatenation for the top level, with each
 * nested model's layers in turn.
 */
export function weightRefs(model: Model): WeightRef[] {
  return layerPlaces(model).flatMap(weightsAt);
}

/** Those that gradients train. Optimizer slots and the gradients of a step are in this order. */
export function trainedWeights(model: Model): WeightRef[] {
  return weightRefs(model).filter(({ trainable }) => trainable);
}

/** All weights, grouped by the layers of the top level, in the order of files. */
export function weightRefsByLayer(model: Model): LayerWeightRefs[] {
  return model.layers.map((layer) => ({ layer, weights: layerWeights(model, layer) }));
}

/** Keras's `layer.weights` of a layer of the model's top level: the trainable ones first. */
export function layerWeights(model: Model, layer: Layer): WeightRef[] {
  return trainableFirst(placesOfLayer(model, layer).flatMap(weightsAt));
}

function trainableFirst(weights: readonly WeightRef[]): WeightRef[] {
  return [...weights.filter(({ trainable }) => trainable), ...weights.filter(({ trainable }) => !trainable)];
}

/**
 * The weights of what is inside a layer, by the layers of the nested model, or as one group where it is no model; undefined
 * where the model has no layer of that name at any depth.
 */
export function weightRefsInside(model: Model, name: string): { readonly inside: Layer; readonly groups: LayerWeightRefs[] } | undefined {
  const place = findPlace(model, name);
  if (!place) return undefined;
  const parts = place.layer instanceof Model ? directlyInside(place) : [place];
  return { inside: place.layer, groups: parts.map((part) => ({ layer: part.layer, weights: trainableFirst(placesOf(part).flatMap(weightsAt)) })) };
}

/**
 * The weights of a layer, those of layers inside it included, for inputs of these shapes.
 * @throws FormatError when it cannot have weights for them.
 */
export function weightsOfLayer(layer: Layer, inputShapes: readonly Shape[]): WeightRef[] {
  return placesOf({ layer, inputShapes, path: `${layer.name}/`, nameScope: `${layer.name}/`, trainable: true }).flatMap(weightsAt);
}

function weightsAt({ layer, inputShapes, path, nameScope, trainable }: LayerPlace): WeightRef[] {
  return layer.weights(inputShapes).map((spec) => ({
    variable: `${path}${spec.name}`,
    kerasName: `${nameScope}${spec.name}:0`,
    spec,
    trainable: trainable && spec.trainable !== false,
  }));
}

/** Number of elements of a weight. */
export function weightSize({ spec }: WeightRef): number {
  return spec.shape.reduce((size, dimension) => size * dimension, 1);
}

/** Keras's `count_params`, all and those that gradients train. */
export function countParams(model: Model): { total: number; trainable: number } {
  let total = 0;
  let trainable = 0;
  for (const weight of weightRefs(model)) {
    total += weightSize(weight);
    if (weight.trainable) trainable += weightSize(weight);
  }
  return { total, trainable };
}

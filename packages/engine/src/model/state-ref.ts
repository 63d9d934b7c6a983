import type { VariableSpec } from '../runtime/runtime.js';
import { layerPlaces } from './layer-place.js';
import type { Model } from './model.js';

/** The states that a model's stateful layers carry from batch to batch, as variables of its program. */
export function stateRefs(model: Model): VariableSpec[] {
  return layerPlaces(model).flatMap(({ layer, inputShapes, path }) =>
    layer.states(inputShapes).map(({ name, shape }): VariableSpec => ({ name: `${path}${name}`, shape, dtype: 'float32' })),
  );
}

import { inboundNodes, weightRefsByLayer, type Model } from '@trainyard/engine';
import { ApiError, JsonObject } from '@trainyard/protocol';
import type { ModelDescription } from '@trainyard/keras-format';
import { z } from 'zod';

const Shape = z.array(z.int().nullable());
/** A layer of a model, as Keras's `get_layer` finds it. */
export const Layer = z
  .object({
    name: z.string(),
    class_name: z.string(),
    index: z.int(),
    trainable: z.boolean(),
    config: JsonObject,
    /** In Keras's `layer.weights` order. */
    weights: z.array(z.object({ name: z.string(), shape: z.array(z.int()), trainable: z.boolean() })),
    /** Each call of the layer, as Keras counts them: get_input_shape_at, get_output_shape_at. A nested model's first is its own graph. */
    nodes: z.array(z.object({ input_shapes: z.array(Shape), output_shapes: z.array(Shape) })),
  })
  .meta({ id: 'Layer' });
export type Layer = z.infer<typeof Layer>;

export function describeLayers(model: Model, description: ModelDescription): Layer[] {
  const configs = new Map(description.layers.map((layer) => [layer.name, layer.config]));
  return weightRefsByLayer(model).map(({ layer, weights }, index) => ({
    name: layer.name,
    class_name: layer.className,
    index,
    trainable: layer.trainable,
    config: configs.get(layer.name) ?? {},
    weights: weights.map(({ kerasName, spec, trainable }) => ({ name: kerasName, shape: [...spec.shape], trainable })),
    nodes: inboundNodes(model, layer).map(({ inputShapes, outputShapes }) => ({ input_shapes: inputShapes.map((shape) => [...shape]), output_shapes: outputShapes.map((shape) => [...shape]) })),
  }));
}

/** Keras's `get_layer`: by name, or by its place in the list, from 0. @throws ApiError `not_found`, which says what there is. */
export function findLayer(model: Model, description: ModelDescription, name: string): Layer {
  const layers = describeLayers(model, description);
  const found = layers.find((layer) => layer.name === name) ?? (/^\d+$/.test(name) ? layers[Number(name)] : undefined);
  if (found === undefined) throw new ApiError('not_found', `the model has no layer "${name}"; it has ${layers.map((layer) => layer.name).join(', ')}`);
  return found;
}

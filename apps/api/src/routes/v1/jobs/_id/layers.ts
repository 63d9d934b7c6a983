import { weightRefsByLayer, type Model } from '@trainyard/engine';
import { ApiError, JsonObject } from '@trainyard/protocol';
import type { ModelDescription } from '@trainyard/keras-format';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { JobParams, loadJob } from '../../../../jobs/load-job.js';
import { readJobModel } from '../../../../jobs/read-model.js';

const Shape = z.array(z.int().nullable());
const Layer = z
  .object({
    name: z.string(),
    class_name: z.string(),
    index: z.int(),
    trainable: z.boolean(),
    config: JsonObject,
    /** In Keras's `layer.weights` order. */
    weights: z.array(z.object({ name: z.string(), shape: z.array(z.int()), trainable: z.boolean() })),
    /** Each call of the layer: get_input_shape_at, get_output_shape_at. */
    nodes: z.array(z.object({ input_shapes: z.array(Shape), output_shapes: z.array(Shape) })),
  })
  .meta({ id: 'Layer' });
type Layer = z.infer<typeof Layer>;

const NameParams = JobParams.extend({ name: z.string().meta({ description: 'Name or index of a layer', example: 'dense_1' }) });

export function addLayers(app: App, deps: Deps): void {
  const list = { tags: ['models'], summary: "The layers of a job's model", params: JobParams, response: { 200: z.object({ object: z.literal('list'), data: z.array(Layer) }) } };
  app.get('/v1/jobs/:id/layers', { config: { scope: 'read' }, schema: list }, async (request) => {
    const { model, description } = await readJobModel(deps, await loadJob(deps, request));
    return { object: 'list' as const, data: describeLayers(model, description) };
  });

  const one = { tags: ['models'], summary: "Keras's get_layer: by name or index", params: NameParams, response: { 200: Layer } };
  app.get('/v1/jobs/:id/layers/:name', { config: { scope: 'read' }, schema: one }, async (request) => {
    const { model, description } = await readJobModel(deps, await loadJob(deps, request));
    const layers = describeLayers(model, description);
    const { name } = request.params;
    const found = layers.find((layer) => layer.name === name) ?? (/^\d+$/.test(name) ? layers[Number(name)] : undefined);
    if (found === undefined) throw new ApiError('not_found', `the model has no layer "${name}"; it has ${layers.map((layer) => layer.name).join(', ')}`);
    return found;
  });
}

function describeLayers(model: Model, description: ModelDescription): Layer[] {
  const configs = new Map(description.layers.map((layer) => [layer.name, layer.config]));
  return weightRefsByLayer(model).map(({ layer, weights }, index) => ({
    name: layer.name,
    class_name: layer.className,
    index,
    trainable: layer.trainable,
    config: configs.get(layer.name) ?? {},
    weights: weights.map(({ kerasName, spec, trainable }) => ({ name: kerasName, shape: [...spec.shape], trainable })),
    nodes: model.nodes
      .filter((node) => node.layer === layer)
      .map((node) => ({ input_shapes: node.inputShapes.map((shape) => [...shape]), output_shapes: node.outputShapes.map((shape) => [...shape]) })),
  }));
}

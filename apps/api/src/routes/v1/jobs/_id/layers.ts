import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { describeLayers, findLayer, Layer } from '../../../../jobs/describe-layers.js';
import { JobParams, loadTraining } from '../../../../jobs/load-job.js';
import { readJobModel } from '../../../../jobs/read-model.js';

export const LayerParams = JobParams.extend({ name: z.string().meta({ description: 'Name or index of a layer', example: 'dense_1' }) });

export function addLayers(app: App, deps: Deps): void {
  const list = { tags: ['models'], summary: "The layers of a job's model", params: JobParams, response: { 200: z.object({ object: z.literal('list'), data: z.array(Layer) }) } };
  app.get('/v1/jobs/:id/layers', { config: { scope: 'read' }, schema: list }, async (request) => {
    const { model, description } = await readJobModel(deps, await loadTraining(deps, request));
    return { object: 'list' as const, data: describeLayers(model, description) };
  });

  const one = { tags: ['models'], summary: "Keras's get_layer: by name or index", params: LayerParams, response: { 200: Layer } };
  app.get('/v1/jobs/:id/layers/:name', { config: { scope: 'read' }, schema: one }, async (request) => {
    const { model, description } = await readJobModel(deps, await loadTraining(deps, request));
    return findLayer(model, description, request.params.name);
  });
}

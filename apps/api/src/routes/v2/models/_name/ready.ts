import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { ModelParams, VersionParams } from '../../../../models/find-model.js';
import type { Serving } from '../../../../models/serving.js';
import { requirePredictor } from '../../health.js';

const Ready = z.object({ name: z.string(), ready: z.literal(true) });

/** Whether a model can be asked: 404 where there is none, 503 while no predictor answers. */
export function addModelReady(app: App, deps: Deps, { models }: Serving): void {
  const config = { scope: ['read', 'predict'] as const };
  const check = async (projectId: string, name: string, version?: string): Promise<z.infer<typeof Ready>> => {
    await models.find({ projectId, name, version });
    await requirePredictor(deps);
    return { name, ready: true };
  };

  const model = { tags: ['serving'], summary: 'Whether a model can be asked (Open Inference Protocol)', params: ModelParams, response: { 200: Ready } };
  app.get('/v2/models/:name/ready', { config, schema: model }, (request) => check(request.projectId, request.params.name));

  const version = { tags: ['serving'], summary: 'Whether one version can be asked', params: VersionParams, response: { 200: Ready } };
  app.get('/v2/models/:name/versions/:version/ready', { config, schema: version }, (request) => check(request.projectId, request.params.name, request.params.version));
}

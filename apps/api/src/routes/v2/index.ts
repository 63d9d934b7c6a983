import { InferServerMetadata } from '@trainyard/protocol';
import type { App, Deps } from '../../deps.js';
import type { Serving } from '../../models/serving.js';
import { addHealth } from './health.js';
import { addInfer } from './models/_name/infer.js';
import { addModelV2 } from './models/_name/get.js';
import { addModelReady } from './models/_name/ready.js';

const server = { name: 'trainyard', version: '0.1.0', extensions: ['binary_tensor_data'] };

/** `/v2`: the Open Inference Protocol. */
export function addInferenceRoutes(app: App, deps: Deps, serving: Serving): void {
  const schema = { tags: ['serving'], security: [], summary: 'What the server is (Open Inference Protocol)', response: { 200: InferServerMetadata } };
  app.get('/v2', { config: { scope: 'open' }, schema }, () => server);
  addHealth(app, deps);
  addModelV2(app, deps, serving);
  addModelReady(app, deps, serving);
  addInfer(app, deps, serving);
}

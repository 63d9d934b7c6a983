import type { Histogram } from '@trainyard/http';
import type { App, Deps } from '../deps.js';
import { openServing } from '../models/serving.js';
import { addDashboard } from './dashboard.js';
import { addGuide } from './guide.js';
import { addHealthz } from './healthz.js';
import { addMetrics } from './metrics.js';
import { addReadyz } from './readyz.js';
import { addDatasetRoutes } from './v1/datasets/index.js';
import { addFileRoutes } from './v1/files/index.js';
import { addJobRoutes } from './v1/jobs/index.js';
import { addKeyRoutes } from './v1/keys/index.js';
import { addModelRoutes } from './v1/models/index.js';
import { addWebhookSecretRoutes } from './v1/webhook-secret/index.js';
import { addInferenceRoutes } from './v2/index.js';

/** Every route there is. Folders and files are named as the URLs are. */
export function addRoutes(app: App, deps: Deps, durations: Histogram): void {
  const serving = openServing(app, deps);
  addHealthz(app);
  addReadyz(app, deps);
  addMetrics(app, deps, { durations, shadows: serving.shadows });
  addGuide(app);
  addDashboard(app, deps);
  addJobRoutes(app, deps, serving);
  addModelRoutes(app, deps, serving);
  addDatasetRoutes(app, deps);
  addFileRoutes(app, deps);
  addKeyRoutes(app, deps);
  addWebhookSecretRoutes(app, deps);
  addInferenceRoutes(app, deps, serving);
}

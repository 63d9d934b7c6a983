import type { App, Deps } from '../deps.js';
import type { RequestCounters } from '../http/counters.js';
import { addDashboard } from './dashboard.js';
import { addErrorDocs } from './docs/errors.js';
import { addHealthz } from './healthz.js';
import { addMetrics } from './metrics.js';
import { addReadyz } from './readyz.js';
import { addDatasetRoutes } from './v1/datasets/index.js';
import { addFileRoutes } from './v1/files/index.js';
import { addJobRoutes } from './v1/jobs/index.js';
import { addKeyRoutes } from './v1/keys/index.js';
import { addValidateModel } from './v1/models/validate.js';
import { addWebhookSecretRoutes } from './v1/webhook-secret/index.js';

/** Every route there is. Folders and files are named as the URLs are. */
export function addRoutes(app: App, deps: Deps, counters: RequestCounters): void {
  addHealthz(app);
  addReadyz(app, deps);
  addMetrics(app, deps, counters);
  addErrorDocs(app);
  addDashboard(app, deps);
  addJobRoutes(app, deps);
  addValidateModel(app, deps);
  addDatasetRoutes(app, deps);
  addFileRoutes(app, deps);
  addKeyRoutes(app, deps);
  addWebhookSecretRoutes(app, deps);
}

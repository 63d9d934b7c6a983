import type { App, Deps } from '../../../deps.js';
import { OpenStreams } from '../../../http/open-streams.js';
import { addCancelJob } from './_id/cancel.js';
import { addCheckpoints } from './_id/checkpoints.js';
import { addContinueJob } from './_id/continue.js';
import { addDeleteJob } from './_id/delete.js';
import { addEvents } from './_id/events.js';
import { addGetJob } from './_id/get.js';
import { addHistory } from './_id/history.js';
import { addLayerWeights } from './_id/layer-weights.js';
import { addLayers } from './_id/layers.js';
import { addLogs } from './_id/logs.js';
import { addStepMetrics } from './_id/metrics.js';
import { addModel } from './_id/model.js';
import { addPauseJob } from './_id/pause.js';
import { addPredict } from './_id/predict.js';
import { addResumeJob } from './_id/resume.js';
import { addRetryJob } from './_id/retry.js';
import { addStopJob } from './_id/stop.js';
import { addTensorBoard } from './_id/tensorboard.js';
import { addCreateJob } from './create.js';
import { addListJobs } from './list.js';

/** `/v1/jobs` and what is below it. */
export function addJobRoutes(app: App, deps: Deps): void {
  const streams = new OpenStreams();
  app.addHook('preClose', async () => streams.end());
  addCreateJob(app, deps);
  addListJobs(app, deps);
  addGetJob(app, deps, streams);
  addDeleteJob(app, deps);
  addCancelJob(app, deps);
  addStopJob(app, deps);
  addPauseJob(app, deps);
  addResumeJob(app, deps);
  addContinueJob(app, deps);
  addRetryJob(app, deps);
  addEvents(app, deps, streams);
  addHistory(app, deps);
  addStepMetrics(app, deps);
  addLogs(app, deps);
  addCheckpoints(app, deps);
  addModel(app, deps);
  addLayers(app, deps);
  addLayerWeights(app, deps);
  addTensorBoard(app, deps);
  addPredict(app, deps);
}

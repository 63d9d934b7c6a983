import type { App, Deps } from '../../../deps.js';
import type { Serving } from '../../../models/serving.js';
import { addGetModel } from './_name/get.js';
import { addModelMetadata } from './_name/metadata.js';
import { addServingPredict } from './_name/predict.js';
import { addPutModel } from './_name/put.js';
import { addRollback } from './_name/rollback.js';
import { addDeleteModel } from './_name/delete.js';
import { addListModels } from './list.js';
import { addValidateModel } from './validate.js';

/** `/v1/models`: aliases, and TensorFlow Serving's REST API. */
export function addModelRoutes(app: App, deps: Deps, serving: Serving): void {
  addValidateModel(app, deps);
  addListModels(app, deps);
  addPutModel(app, deps, serving);
  addGetModel(app, deps);
  addDeleteModel(app, deps, serving);
  addRollback(app, deps, serving);
  addModelMetadata(app, serving);
  addServingPredict(app, deps, serving);
}

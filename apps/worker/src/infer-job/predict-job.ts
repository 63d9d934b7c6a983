import { listPredictionParts, recordResult } from '@trainyard/database';
import { inputRules, ModelProgram, standardizeInputs } from '@trainyard/engine';
import type { OrderOf } from '../messages.js';
import type { Attempt } from '../train-job/attempt.js';
import { blankBatch, createRuntime, describeArchitecture } from '../train-job/build-model.js';
import type { Outcome } from '../train-job/outcome.js';
import { stage } from '../train-job/stage.js';
import { withPatience } from '../train-job/patience.js';
import { dropUnlessOurs } from '../train-job/records/checkpoints.js';
import { inferJob } from './infer-job.js';
import { joinParts } from './join-parts.js';
import { loadCheckpoint } from './load-checkpoint.js';
import { openSource } from './open-source.js';
import { Predictions } from './records/predictions.js';
import { takeBatches } from './take-batches.js';

/** An attempt of predictions: see `inferJob`. */
export const predictJob = (attempt: Attempt<OrderOf<'predict'>>): Promise<Outcome> => inferJob(attempt, predict);

async function predict(attempt: Attempt<OrderOf<'predict'>>): Promise<void> {
  const { order, workplace, phases, wishes, journal, store, database } = attempt;
  const { spec, ref } = order;
  const { model, program } = await stage('build model', async () => {
    const described = await describeArchitecture(spec);
    return { model: described, program: new ModelProgram(described, createRuntime(spec.resources, workplace.library)) };
  });
  phases.enter('loading_data');
  const names = { inputs: model.inputs.map(({ name }) => name), outputs: [], rules: inputRules(model) };
  const dataset = await stage('open data', () => openSource(attempt, names, (opened) => void standardizeInputs(model, blankBatch(opened, 1).x)));
  wishes.signal.throwIfAborted();
  phases.enter('restoring');
  await stage('load checkpoint', () => loadCheckpoint(attempt, program));
  const predictions = await Predictions.restore(attempt, program, program.declaredBatchSize ?? spec.batch_size);
  phases.enter('predicting');
  const steps = await stage('predict', () => takeBatches(attempt, dataset, predictions));
  await predictions.keep(steps);
  await journal.flush();
  phases.enter('uploading');
  const parts = await withPatience(() => listPredictionParts(database, ref.jobId));
  const result = await stage('join parts', () => joinParts(attempt, parts, model.outputs.map(({ name }) => name)));
  await store.delete(await dropUnlessOurs(attempt, result.key, () => withPatience(() => recordResult(database, ref, result))));
}

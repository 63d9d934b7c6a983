import { recordResult } from '@trainyard/database';
import { Trainer, valueRules } from '@trainyard/engine';
import { encodeMetrics } from '@trainyard/protocol';
import type { OrderOf } from '../messages.js';
import type { Attempt } from '../train-job/attempt.js';
import { checkShapes, createRuntime, describeModel } from '../train-job/build-model.js';
import type { Outcome } from '../train-job/outcome.js';
import { stage } from '../train-job/stage.js';
import { withPatience } from '../train-job/patience.js';
import { inferJob } from './infer-job.js';
import { loadCheckpoint } from './load-checkpoint.js';
import { openSource } from './open-source.js';
import { Evaluation } from './records/evaluation.js';
import { takeBatches } from './take-batches.js';

/** An attempt of an evaluation: see `inferJob`. */
export const evaluateJob = (attempt: Attempt<OrderOf<'evaluate'>>): Promise<Outcome> => inferJob(attempt, evaluate);

async function evaluate(attempt: Attempt<OrderOf<'evaluate'>>): Promise<void> {
  const { order, workplace, phases, wishes, journal, store, database } = attempt;
  const { architecture, compile, resources, batch_size: batchSize } = order.spec;
  if (compile === null) throw new Error(`${order.ref.jobId}: expected compile in the spec of an evaluation, found none`);
  const { compiled, trainer } = await stage('build model', async () => {
    const described = await describeModel({ architecture, compile });
    return { compiled: described, trainer: new Trainer(described, createRuntime(resources, workplace.library), 0) };
  });
  const { model } = compiled;
  phases.enter('loading_data');
  const names = { inputs: model.inputs.map(({ name }) => name), outputs: model.outputs.map(({ name }) => name), rules: valueRules(compiled) };
  const dataset = await stage('open data', () => openSource(attempt, names, (opened) => checkShapes(compiled, opened)));
  wishes.signal.throwIfAborted();
  phases.enter('restoring');
  await stage('load checkpoint', () => loadCheckpoint(attempt, trainer.program));
  const evaluation = await Evaluation.restore(attempt, trainer, trainer.program.declaredBatchSize ?? batchSize);
  phases.enter('evaluating');
  await stage('evaluate', () => takeBatches(attempt, dataset, evaluation));
  await journal.flush();
  const replaced = await withPatience(() => recordResult(database, order.ref, { kind: 'evaluate', metrics: encodeMetrics(evaluation.metrics) }));
  await store.delete(replaced);
}

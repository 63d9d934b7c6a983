import { valueRules } from '@trainyard/engine';
import type { Attempt } from './attempt.js';
import { checkShapes, createTrainer, describeModel } from './build-model.js';
import { finish, saveFinal } from './finish.js';
import { prepareTraining, type Training } from './fit.js';
import { openData } from './open-dataset.js';
import type { Outcome } from './outcome.js';
import { restore } from './restore.js';
import { stage } from './stage.js';
import { flushInTime, windUp } from './wind-up.js';
import { InterruptedError } from './wishes.js';

/** Runs an attempt from its first stage to its end. Whatever happens is an outcome: this does not throw. */
export async function trainJob(attempt: Attempt): Promise<Outcome> {
  let training: Training | undefined;
  try {
    const prepared = await prepare(attempt);
    training = prepared;
    attempt.wishes.signal.throwIfAborted();
    await stage('fit', () => prepared.run());
    return await stage('finish', () => finish(attempt, prepared));
  } catch (error) {
    return windUpTraining(attempt, training, error);
  }
}

/** All that comes before the first step. */
async function prepare(attempt: Attempt): Promise<Training> {
  const { order, workplace, phases, wishes, store } = attempt;
  const { spec } = order;
  const { max_runtime_s: maxRuntime } = spec.limits;
  if (maxRuntime !== null) wishes.limitRuntime(maxRuntime * 1000 - order.ranMs);
  if (order.discardedKeys.length > 0) attempt.journal.add(() => store.delete(order.discardedKeys));
  const { compiled, trainer } = await stage('build model', async () => {
    const described = await describeModel(spec);
    phases.enter('loading_data');
    return { compiled: described, trainer: createTrainer(described, spec, workplace.library) };
  });
  // The first weights are drawn, or read, while data is on its way: phases tell what training waits for.
  const restoring = stage('restore', () => restore(attempt, trainer), { 'trainyard.snapshot.step': order.snapshot?.step });
  restoring.catch(() => undefined); // shows when it is awaited, unless the data is wrong, too
  const names = { inputs: compiled.model.inputs.map(({ name }) => name), outputs: compiled.model.outputs.map(({ name }) => name), rules: valueRules(compiled) };
  const data = await stage('open data', () => openData(attempt, names, (dataset) => checkShapes(compiled, dataset)));
  wishes.signal.throwIfAborted();
  phases.enter('building');
  phases.enter('restoring');
  const resumed = await restoring;
  wishes.signal.throwIfAborted();
  return prepareTraining({ attempt, trainer, data, resumed });
}

/** Stores what can still be stored, and answers what the error means. */
function windUpTraining(attempt: Attempt, training: Training | undefined, error: unknown): Promise<Outcome> {
  return windUp(attempt, error, async () => {
    training?.monitor.flush();
    if (isCancellation(error) && training) await saveFinal(attempt, training);
    else await flushInTime(attempt);
  });
}

const isCancellation = (error: unknown): boolean => error instanceof InterruptedError && error.interruption === 'cancel';

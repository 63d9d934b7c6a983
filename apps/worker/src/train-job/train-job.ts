import type { AttemptEnd } from '@trainyard/database';
import { valueRules } from '@trainyard/engine';
import type { Attempt } from './attempt.js';
import { checkShapes, createTrainer, describeModel } from './build-model.js';
import { finish, saveFinal } from './finish.js';
import { prepareTraining, type Training } from './fit.js';
import { openData } from './open-dataset.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { restore } from './restore.js';
import { InterruptedError } from './wishes.js';

/** Milliseconds that an attempt which was broken off may take to store what it has. */
const windUpMs = 20_000;

/** Runs an attempt from its first stage to its end. Whatever happens is an outcome: this does not throw. */
export async function trainJob(attempt: Attempt): Promise<Outcome> {
  let training: Training | undefined;
  try {
    training = await prepare(attempt);
    attempt.wishes.signal.throwIfAborted();
    await training.run();
    return await finish(attempt, training);
  } catch (error) {
    return windUp(attempt, training, error);
  }
}

/** All that comes before the first step. */
async function prepare(attempt: Attempt): Promise<Training> {
  const { order, workplace, phases, wishes, store } = attempt;
  const { spec } = order;
  const { max_runtime_s: maxRuntime } = spec.limits;
  if (maxRuntime !== null) wishes.limitRuntime(maxRuntime * 1000 - order.ranMs);
  if (order.discardedKeys.length > 0) attempt.journal.add(() => store.delete(order.discardedKeys));
  const compiled = await describeModel(spec);
  phases.enter('loading_data');
  const trainer = createTrainer(compiled, spec, workplace.library);
  // The first weights are drawn, or read, while data is on its way: phases tell what training waits for.
  const restoring = restore(attempt, trainer);
  restoring.catch(() => undefined); // shows when it is awaited, unless the data is wrong, too
  const names = { inputs: compiled.model.inputs.map(({ name }) => name), outputs: compiled.model.outputs.map(({ name }) => name), rules: valueRules(compiled) };
  const data = await openData(attempt, names, (dataset) => checkShapes(compiled, dataset));
  wishes.signal.throwIfAborted();
  phases.enter('building');
  phases.enter('restoring');
  const resumed = await restoring;
  wishes.signal.throwIfAborted();
  return prepareTraining({ attempt, trainer, data, resumed });
}

/** Stores what can still be stored, and answers what the error means. */
async function windUp(attempt: Attempt, training: Training | undefined, error: unknown): Promise<Outcome> {
  const outcome = outcomeOf(error);
  if (outcome === undefined) return undefined;
  try {
    training?.monitor.flush();
    if (isCancellation(error) && training) await saveFinal(attempt, training);
    else await within(windUpMs, attempt.journal.flush());
  } catch (later) {
    // The first error says how the attempt ended, except that a job which is not ours any more is not ours to end.
    if (outcomeOf(later) === undefined) return undefined;
  }
  return withLog(attempt, outcome);
}

const isCancellation = (error: unknown): boolean => error instanceof InterruptedError && error.interruption === 'cancel';

async function withLog(attempt: Attempt, outcome: AttemptEnd): Promise<Outcome> {
  const message = outcome.status === 'failed' ? outcome.error.message : outcome.status === 'queued' ? outcome.fault?.message : undefined;
  if (message === undefined) return outcome;
  attempt.log('error', message);
  await within(windUpMs, attempt.journal.flush().catch(() => undefined));
  return outcome;
}

function within(ms: number, work: Promise<void>): Promise<void> {
  return Promise.race([work, new Promise<void>((resolve) => setTimeout(resolve, ms).unref())]);
}

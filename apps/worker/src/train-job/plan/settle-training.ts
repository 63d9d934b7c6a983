import { settlePlan } from '@trainyard/database';
import { planFromJson, type TrainingPlan } from '@trainyard/engine';
import type { Json } from '@trainyard/protocol';
import { timeStep } from '../feed.js';
import type { TrainingParts } from '../fit.js';
import { withPatience } from '../patience.js';
import { choosePlan } from './choose-plan.js';

/** Steps of a whole job up to which every one of them is kept. */
const alwaysKept = 2_000;
const rowsPerSecond = 10;

/** What all attempts of a job keep to. */
export interface SettledTraining {
  readonly plan: TrainingPlan;
  /** Every how many steps a metric row is kept. */
  readonly metricsEvery: number;
}

export interface TrainingLength {
  readonly batchSize: number;
  /** Batches of all epochs together. */
  readonly steps: number;
  /** Keras's `History.params`. */
  readonly historyParams: Readonly<Record<string, Json>>;
}

/**
 * What an earlier attempt settled, or else what is settled now and holds for later ones. Nothing is settled, and `undefined` the
 * answer, when training is stopped meanwhile: it has no steps, and what was tried too briefly must not be remembered.
 */
export async function settleTraining(parts: TrainingParts, { batchSize, steps, historyParams }: TrainingLength): Promise<SettledTraining | undefined> {
  const { attempt, trainer, data } = parts;
  const { order, database, wishes } = attempt;
  try {
    const settled = order.settled ?? (await settle());
    return { plan: planFromJson(settled.plan), metricsEvery: settled.metricsEvery };
  } catch (error) {
    if (wishes.stop !== undefined && error === wishes.ending.reason) return undefined;
    throw error;
  }

  async function settle() {
    const metricsEvery = steps <= alwaysKept ? 1 : Math.max(1, Math.ceil(1000 / rowsPerSecond / (await timeStep(trainer, data.train, batchSize))));
    const chosen = await choosePlan(parts, { batchSize, steps });
    return withPatience(() => settlePlan(database, order.ref, { chosen, metricsEvery, historyParams }));
  }
}

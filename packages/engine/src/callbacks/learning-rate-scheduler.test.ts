import type { Json } from '@trainyard/keras-format';
import { describe, expect, it } from 'vitest';

import type { TrainingControl } from './callback.js';
import { createCallbacks } from './registry.js';

/** The rates in force in epochs 0 to 5. */
async function rates(schedule: Json): Promise<number[]> {
  const [callback] = createCallbacks([{ class_name: 'LearningRateScheduler', config: { schedule } }], { saveCheckpoint: async () => undefined, warn: () => undefined, log: () => undefined });
  const control: TrainingControl = { metricsNames: [], lr: 1, stopTraining: false };
  const seen: number[] = [];
  for (let epoch = 0; epoch < 6; epoch++) {
    await callback?.onEpochBegin(epoch, control);
    seen.push(control.lr);
  }
  return seen;
}

const f32 = (values: number[]): number[] => values.map(Math.fround);

describe('LearningRateScheduler', () => {
  it.each<[string, Json, number[]]>([
    ['a table, whose last rate stays', [0.1, 0.05, 0.01], [0.1, 0.05, 0.01, 0.01, 0.01, 0.01]],
    ['ExponentialDecay', { class_name: 'ExponentialDecay', config: { initial_learning_rate: 1, decay_steps: 2, decay_rate: 0.25 } }, [1, 0.5, 0.25, 0.125, 0.0625, 0.03125]],
    ['ExponentialDecay in steps', { class_name: 'ExponentialDecay', config: { initial_learning_rate: 1, decay_steps: 2, decay_rate: 0.5, staircase: true } }, [1, 1, 0.5, 0.5, 0.25, 0.25]],
    ['PiecewiseConstantDecay', { class_name: 'PiecewiseConstantDecay', config: { boundaries: [1, 3], values: [1, 0.5, 0.1] } }, [1, 1, 0.5, 0.5, 0.1, 0.1]],
    ['PolynomialDecay', { class_name: 'PolynomialDecay', config: { initial_learning_rate: 1, decay_steps: 4, end_learning_rate: 0.2, power: 2 } }, [1, 0.65, 0.4, 0.25, 0.2, 0.2]],
    ['PolynomialDecay in cycles', { class_name: 'PolynomialDecay', config: { initial_learning_rate: 1, decay_steps: 2, end_learning_rate: 0, cycle: true } }, [1, 0.5, 0, 0.25, 0, 1 - 5 / 6]],
  ])('%s', async (_name, schedule, expected) => {
    expect(await rates(schedule)).toEqual(f32(expected));
  });

  it.each<[Json, string]>([
    [[], '/callbacks/0/config/schedule: expected a list of learning rates'],
    [[0.1, -1], '/callbacks/0/config/schedule: expected a list of learning rates'],
    [{ class_name: 'Nope' }, '/callbacks/0/config/schedule: unknown schedule "Nope"; expected one of ExponentialDecay'],
    [{ class_name: 'ExponentialDecay', config: { initial_learning_rate: 1, decay_steps: 0, decay_rate: 1 } }, '/callbacks/0/config/schedule/config/decay_steps: expected a number above 0, received 0'],
    [{ class_name: 'PiecewiseConstantDecay', config: { boundaries: [2, 1], values: [1, 2, 3] } }, 'boundaries: expected numbers that rise, received [2,1]'],
    [{ class_name: 'PiecewiseConstantDecay', config: { boundaries: [1], values: [1] } }, 'values: expected 2 numbers: one more than boundaries, received [1]'],
  ])('refuses %j', async (schedule, message) => {
    await expect(rates(schedule)).rejects.toThrow(message);
  });
});

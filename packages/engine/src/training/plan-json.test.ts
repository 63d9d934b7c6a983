import { expect, it } from 'vitest';

import type { TrainingPlan } from './plan.js';
import { planFromJson, planToJson } from './plan-json.js';

const plans: readonly TrainingPlan[] = [{ stepsPerRun: 1 }, { stepsPerRun: 4 }, { stepsPerRun: 4, xla: 'step' }, { stepsPerRun: 1, xla: 'parts' }];

it.each(plans)('%j is read as it was written', (plan) => {
  expect(planFromJson(JSON.parse(JSON.stringify(planToJson(plan))) as never)).toEqual(plan);
});

it('is written in snake_case, without what is not set', () => {
  expect(planToJson({ stepsPerRun: 4, xla: 'step' })).toEqual({ steps_per_run: 4, xla: 'step' });
  expect(planToJson({ stepsPerRun: 1, xla: undefined } as never)).toEqual({ steps_per_run: 1 });
});

it.each([
  ['of an older worker', {}, { stepsPerRun: 1 }],
  ['of a newer worker', { steps_per_run: 4, threads: 8 }, { stepsPerRun: 4 }],
  ['with values of a newer worker', { steps_per_run: 'auto', xla: 'whole' }, { stepsPerRun: 1 }],
  ['that is none', null, { stepsPerRun: 1 }],
])('a plan %s is read as far as it is known', (_, json, plan) => {
  expect(planFromJson(json as never)).toEqual(plan);
});

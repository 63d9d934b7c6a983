import { expect, test } from 'vitest';
import { appendSteps, lastStep } from './step-metrics.js';

const none = { step: [], epoch: [], metrics: {} };
const two = { step: [1, 2], epoch: [0, 0], metrics: { loss: [2, 'NaN' as const] } };

test('later steps follow those that are known', () => {
  expect(appendSteps(none, two)).toEqual(two);
  expect(appendSteps(two, none)).toBe(two);
  expect(appendSteps(two, { step: [5], epoch: [1], metrics: { loss: [1], acc: [0.5] } })).toEqual({ step: [1, 2, 5], epoch: [0, 0, 1], metrics: { loss: [2, 'NaN', 1], acc: [null, null, 0.5] } });
  expect([lastStep(none), lastStep(two)]).toEqual([undefined, 2]);
});

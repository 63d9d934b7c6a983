import { expect, it } from 'vitest';
import { differencesOf } from './differences.js';
import type { JobResult } from './job-result.js';

const array = (...values: number[]) => ({ dtype: 'float32' as const, shape: [values.length], data: Float32Array.from(values) });
const undisturbed: JobResult = {
  id: 'job_1',
  plan: '{"steps_per_run":4}',
  stopReason: 'completed',
  history: '{"epoch":[0,1],"history":{"loss":[0.5,0.25]}}',
  checkpoints: [{ filename: 'final.h5', epoch: 1, step: 4, kind: 'model', labels: ['final'], content: { weights: [{ name: 'kernel', array: array(1, 2, 3) }], optimizer: [{ name: 'm', array: array(0) }] } }],
  steps: { every: 2, rows: new Map([[2, '{"loss":0.5}'], [4, '{"loss":0.25}']]) },
  scalars: ['loss@0', 'loss@1'],
  scalarSteps: [2, 4],
  csv: 'epoch,loss\n0,0.5\n1,0.25\n',
};
const checkpoint = undisturbed.checkpoints[0] as JobResult['checkpoints'][number];

it('finds none between equal results, of whichever job', () => {
  expect(differencesOf(undisturbed, { ...undisturbed, id: 'job_2' })).toEqual({ weights: [], optimizer: [], history: [], records: [] });
});

it('does not mind that fewer steps were kept', () => {
  expect(differencesOf(undisturbed, { ...undisturbed, steps: { every: 4, rows: new Map([[4, '{"loss":0.25}']]) }, scalarSteps: [4] }).records).toEqual([]);
});

it.each([
  ['weights', { checkpoints: [{ ...checkpoint, content: { ...checkpoint.content, weights: [{ name: 'kernel', array: array(1, 2.0000002, 3) }] } }] }, /final.h5: kernel: 1 of 3 elements differ, the first at 1: 2 and 2.0000002/],
  ['weights', { checkpoints: [{ ...checkpoint, content: { ...checkpoint.content, weights: [] } }] }, /expected the arrays kernel, received/],
  ['weights', { plan: '{"steps_per_run":1}' }, /plan: expected/],
  ['optimizer', { checkpoints: [{ ...checkpoint, content: { ...checkpoint.content, optimizer: [{ name: 'm', array: array(-0) }] } }] }, /m: 1 of 1 elements differ/],
  ['history', { history: undisturbed.history.replace('0.25', '0.2500001') }, /History: expected/],
  ['history', { stopReason: 'early_stopping' }, /stop_reason/],
  ['records', { steps: { every: 2, rows: new Map([[2, '{"loss":0.5}']]) } }, /1 missing, the first of step 4/],
  ['records', { steps: { every: 2, rows: new Map([[2, '{"loss":0.5}'], [3, '{}'], [4, '{"loss":0.25}']]) } }, /1 that are not due, the first of step 3/],
  ['records', { steps: { every: 2, rows: new Map([[2, '{"loss":0.5}'], [4, '{"loss":0.3}']]) } }, /1 with other values, the first of step 4/],
  ['records', { scalarSteps: [2, 2, 4] }, /steps of the TensorBoard log/],
  ['records', { scalars: ['loss@0', 'loss@1', 'loss@1'] }, /TensorBoard log/],
  ['records', { csv: 'epoch,loss\n0,0.5\n' }, /CSV log/],
  ['records', { checkpoints: [checkpoint, { ...checkpoint, filename: 'best.h5' }] }, /checkpoints: expected/],
] as const)('finds other %s', (what, change, text) => {
  expect(differencesOf(undisturbed, { ...undisturbed, ...change })[what].join('; ')).toMatch(text);
});

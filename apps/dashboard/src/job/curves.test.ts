import { expect, test } from 'vitest';
import { curvesOf, epochEnds, metricNames, toValues, type JobCurves } from './curves.js';

const job: JobCurves = {
  history: { epoch: [5, 6], history: { acc: [0.5, 0.6], loss: [2, 1], val_loss: [3, 'NaN'], lr: [0.1, 0.01] }, params: {} },
  steps: { step: [1, 2, 3, 4, 5], epoch: [5, 5, 5, 6, 6], metrics: { loss: [5, 4, 3, 2, 1], acc: [0, 0, 0, 1, 1] } },
  stepsPerEpoch: 3,
  lastStep: 5,
};
const look = { axis: 'step', smoothing: 0, colour: '#1', validationColour: '#2' } as const;

test('metrics are named once, the loss first', () => {
  expect(metricNames(job)).toEqual(['loss', 'acc', 'lr']);
});

test('epochs end where their last batch was; the last one may be cut short', () => {
  expect(epochEnds(job)).toEqual([3, 5]);
});

test('by step: training from the steps, validation at the ends of epochs, and what only epochs have', () => {
  expect(curvesOf('loss', job, look)).toMatchObject([
    { x: [1, 2, 3, 4, 5], curves: [{ label: 'loss', colour: '#1', values: [5, 4, 3, 2, 1] }] },
    { x: [3, 5], curves: [{ label: 'val_loss', colour: '#2', values: [3, null] }] },
  ]);
  expect(curvesOf('lr', job, look)).toMatchObject([{ x: [3, 5], curves: [{ label: 'lr', values: [0.1, 0.01] }] }]);
});

test('by epoch: both from the History, epochs as Keras counts them', () => {
  expect(curvesOf('loss', job, { ...look, axis: 'epoch' })).toMatchObject([{ x: [5, 6], curves: [{ label: 'loss', values: [2, 1] }, { label: 'val_loss' }] }]);
});

test('what is smoothed is drawn over what it smooths', () => {
  const [{ curves } = { curves: [] }] = curvesOf('loss', job, { ...look, smoothing: 0.5 });
  expect(curves.map(({ label, faint = false }) => [label, faint])).toEqual([['loss as it is', true], ['loss', false]]);
});

test('what is no number is a gap', () => {
  expect(toValues([1, 'NaN', null, 'Infinity'])).toEqual([1, null, null, null]);
});

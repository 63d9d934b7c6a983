import type { Job } from '@trainyard/protocol';
import { expect, test } from 'vitest';
import { canContinue, jobActions } from './actions.js';

const allowed = (status: Job['status'], intent: Job['intent'] = null, kind: Job['kind'] = 'train'): string[] => jobActions.filter((action) => action.allowed({ kind, status, intent })).map(({ name }) => name);

test.each([
  ['queued', ['pause', 'cancel']],
  ['running', ['pause', 'stop', 'cancel', 'kill']],
  ['paused', ['resume', 'stop', 'cancel']],
  ['succeeded', ['delete']],
  ['failed', ['retry', 'delete']],
  ['cancelled', ['retry', 'delete']],
] as const)('what can be done to a job that is %s', (status, names) => {
  expect(allowed(status)).toEqual(names);
});

test('a wish can be followed by stronger ones only', () => {
  expect(allowed('running', 'pause')).toEqual(['stop', 'cancel', 'kill']);
  expect(allowed('running', 'stop')).toEqual(['cancel', 'kill']);
  expect(allowed('running', 'cancel')).toEqual(['kill']);
  expect(allowed('running', 'kill')).toEqual([]);
});

test('jobs with an end can be continued', () => {
  expect((['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled'] as const).filter((status) => canContinue({ kind: 'train', status }))).toEqual(['succeeded', 'cancelled']);
});

test('an evaluation has no training to be stopped or continued', () => {
  expect(allowed('running', null, 'evaluate')).toEqual(['pause', 'cancel', 'kill']);
  expect(canContinue({ kind: 'evaluate', status: 'succeeded' })).toBe(false);
});

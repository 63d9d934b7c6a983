import type { JobEvent } from '@trainyard/protocol';
import { expect, test } from 'vitest';
import { attemptsOf } from './attempts.js';

let seq = 0;
const event = (attempt: number, type: string, data: object): JobEvent => ({ object: 'event', job: 'job_1', seq: ++seq, attempt, created_at: `t${seq}`, type, data }) as JobEvent;

test('a lost worker, and the attempt that goes on', () => {
  const events = [
    event(0, 'status', { status: 'queued', previous: null }),
    event(1, 'status', { status: 'running', previous: 'queued' }),
    event(1, 'metrics', { epoch: 0, step: 10, metrics: {} }),
    event(1, 'status', { status: 'queued', previous: 'running', reason: 'worker lost' }),
    event(2, 'status', { status: 'running', previous: 'queued' }),
    event(2, 'rewound', { step: 10, epoch: 1 }),
    event(2, 'metrics', { epoch: 1, step: 20, metrics: {} }),
  ];
  expect(attemptsOf(events)).toEqual([
    { number: 1, startedAt: 't2', endedAt: 't4', fromStep: undefined, toStep: 10, end: 'queued: worker lost' },
    { number: 2, startedAt: 't5', endedAt: undefined, fromStep: 10, toStep: 20, end: undefined },
  ]);
  expect(attemptsOf([...events, event(2, 'status', { status: 'failed', previous: 'running', error: { code: 'nan_loss' } })])[1]).toMatchObject({ end: 'failed: nan_loss' });
  expect(attemptsOf([])).toEqual([]);
});

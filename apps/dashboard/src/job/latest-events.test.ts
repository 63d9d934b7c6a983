import type { JobEvent } from '@trainyard/protocol';
import { expect, test } from 'vitest';
import { latestEvents } from './latest-events.js';

const events = (...types: JobEvent['type'][]): JobEvent[] => types.map((type, seq) => ({ seq, type }) as JobEvent);
const kept = (most: number, ...types: JobEvent['type'][]): number[] => latestEvents(events(...types), most).map(({ seq }) => seq);

test('of many events the last ones are kept, and those that tell of attempts', () => {
  expect(kept(4, 'status', 'metrics', 'metrics', 'log')).toEqual([0, 1, 2, 3]);
  expect(kept(2, 'status', 'metrics', 'rewound', 'metrics', 'log', 'metrics')).toEqual([0, 2, 4, 5]);
});

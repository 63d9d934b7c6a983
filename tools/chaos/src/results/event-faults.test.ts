import { expect, it } from 'vitest';
import { faultsOfEvents, type EventRow } from './event-faults.js';

const events = (...list: [number, EventRow['type'], object][]): EventRow[] => list.map(([attempt, type, data], i) => ({ seq: i + 1, attempt, type, data }));
const epoch = (number: number): [EventRow['type'], object] => ['metrics', { epoch: number }];

it('finds nothing wrong where an attempt repeats what was taken back', () => {
  expect(faultsOfEvents(events([0, 'status', {}], [1, ...epoch(0)], [1, ...epoch(1)], [1, ...epoch(2)], [2, 'rewound', { epoch: 1 }], [2, ...epoch(1)], [2, ...epoch(2)], [2, ...epoch(3)]))).toEqual([]);
});

it.each([
  ['an epoch twice', events([1, ...epoch(0)], [1, ...epoch(1)], [2, ...epoch(1)]), /epoch 1 where 2 was due/],
  ['a missing epoch', events([1, ...epoch(0)], [1, ...epoch(2)]), /epoch 2 where 1 was due/],
  ['one that a rewind took back and nobody trained again', events([1, ...epoch(0)], [1, ...epoch(1)], [2, 'rewound', { epoch: 0 }], [2, ...epoch(1)]), /epoch 1 where 0 was due/],
  ['an event of a stale attempt', events([1, ...epoch(0)], [2, ...epoch(1)], [1, 'log', {}]), /event 3 \(log\) is of attempt 1, after one of attempt 2/],
  ['a gap', [{ seq: 1, attempt: 0, type: 'status', data: {} }, { seq: 3, attempt: 1, type: 'log', data: {} }] as EventRow[], /event 3 where 2 was due/],
])('finds %s', (_, list, fault) => {
  expect(faultsOfEvents(list).join('; ')).toMatch(fault);
});

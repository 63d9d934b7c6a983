import { expect, test } from 'vitest';
import { canTransition, isTerminal, jobStatuses, terminalStatuses, transitions } from './status.js';

test('every status can be reached from queued, and every non-terminal one can be left', () => {
  const reached = new Set(['queued']);
  for (let grew = true; grew; ) {
    const before = reached.size;
    for (const { from, to } of transitions) if (reached.has(from)) reached.add(to);
    grew = reached.size > before;
  }
  expect([...reached].sort()).toEqual([...jobStatuses].sort());
  for (const status of jobStatuses) {
    if (!isTerminal(status)) expect(transitions.some(({ from }) => from === status)).toBe(true);
  }
});

test('a terminal status is left by a retry only, and success never', () => {
  for (const from of terminalStatuses) {
    for (const to of jobStatuses) expect(canTransition(from, to)).toBe(to === 'queued' && from !== 'succeeded');
  }
});

test('no status goes to itself', () => {
  for (const status of jobStatuses) expect(canTransition(status, status)).toBe(false);
});

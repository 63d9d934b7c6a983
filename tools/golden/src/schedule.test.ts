import { expect, it } from 'vitest';

import { withTables } from './schedule.js';

const table = (formula: string): unknown => (withTables({ class_name: 'LearningRateScheduler', schedule: formula }, 4) as { config: { schedule: unknown } }).config.schedule;

it.each([
  ['lr(epoch)=0.1*0.5**epoch', [0.1, 0.05, 0.025, 0.0125]],
  ['lr(epoch) = 1 / (1 + epoch)', [1, 0.5, 1 / 3, 0.25]],
  ['2 - epoch // 2 + epoch % 2', [2, 3, 1, 2]],
  ['-2**-epoch', [-1, -0.5, -0.25, -0.125]],
  ['1e-1', [0.1, 0.1, 0.1, 0.1]],
])('%s', (formula, rates) => {
  expect(table(formula)).toEqual(rates);
});

it.each(['lr(epoch)=', 'exp(epoch)', '(1', '1 2', 'lambda: 1'])('does not take %s', (formula) => {
  expect(() => table(formula)).toThrow('expected arithmetic of epoch');
});

import { describe, expect, it } from 'vitest';
import { historyTable } from './history-table.js';
import { table } from './table.js';

describe('tables', () => {
  it('align text to the left and numbers to the right', () => {
    expect(table(['name', 'epochs'], [['digits', '5'], ['a', '120']])).toEqual(['name    epochs', 'digits       5', 'a          120']);
    expect(table(['id'], [])).toEqual(['id']);
  });

  it('show a History with a row an epoch', () => {
    const lines = historyTable({ epoch: [0, 1], history: { loss: [0.6, 'NaN'], val_acc: [null, 0.97] }, params: {} });
    expect(lines).toEqual(['epoch    loss  val_acc', '    0  0.6000        -', '    1     nan   0.9700']);
  });
});

import { expect, test } from 'vitest';
import { plot } from './plot.js';

test('series in one frame, joined by dots, with what they are and where they lie', () => {
  const lines = plot('loss', [{ label: 'loss', points: [[0, 1], [1, 0.5], [2, 0]] }, { label: 'val_loss', points: [[0, 1], [2, NaN]] }], 34);
  expect(lines[0]).toBe('loss: • loss  o val_loss');
  expect(lines.slice(1)).toEqual([
    '     1.0000 │•·',
    '            │  ··',
    '            │    ··',
    '            │      ··',
    '            │        ··',
    '            │          •',
    '     0.4545 │           ··',
    '            │             ·',
    '            │              ··',
    '            │                ·',
    '            │                 ··',
    ' 0.0000e+00 │                   •',
    '            └────────────────────',
    '             0                  2',
  ]);
});

test('one value, and none', () => {
  expect(plot('acc', [{ label: 'acc', points: [[0, 0.5]] }], 80)[0]).toBe('acc');
  expect(plot('acc', [{ label: 'acc', points: [[0, NaN]] }], 80)).toEqual([]);
});

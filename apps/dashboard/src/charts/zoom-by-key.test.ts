import { expect, it } from 'vitest';
import { zoomByKey } from './zoom-by-key.js';

const all = [0, 100] as const;

it.each([
  ['+', all, [25, 75]],
  ['=', [20, 40], [25, 35]],
  ['-', [40, 60], [30, 70]],
  ['-', [0, 20], [0, 30]],
  ['-', [10, 90], undefined],
  ['ArrowRight', [40, 60], [45, 65]],
  ['ArrowRight', [78, 98], [80, 100]],
  ['ArrowLeft', [2, 42], [0, 40]],
  ['ArrowLeft', all, undefined],
  ['0', [40, 60], undefined],
] as const)('%s at %j shows %j', (key, shown, expected) => {
  expect(zoomByKey(key, shown, all)).toEqual({ zoom: expected });
});

it('leaves other keys, and a single step, alone', () => {
  expect(zoomByKey('Tab', all, all)).toBeUndefined();
  expect(zoomByKey('+', [3, 3], [3, 3])).toBeUndefined();
});

import type { ColumnScan } from '@trainyard/protocol';
import { expect, test } from 'vitest';
import { pixelsOf } from './pixels.js';

const column = (shape: number[], min = 0, max = 255) => ({ kind: 'numbers', shape, numbers: { min: { value: min, place: '' }, max: { value: max, place: '' } } }) as unknown as ColumnScan;
const grid = <T>(value: (y: number, x: number) => T): T[][] => Array.from({ length: 4 }, (_, y) => Array.from({ length: 4 }, (__, x) => value(y, x)));

test('arrays of one or three channels are pictures, white what is largest in the column', () => {
  expect(pixelsOf(grid((y) => y), column([4, 4], 0, 3))?.map(([first]) => first)).toEqual(['rgb(0 0 0)', 'rgb(85 85 85)', 'rgb(170 170 170)', 'rgb(255 255 255)']);
  expect(pixelsOf(grid(() => [255, 0, 51]), column([4, 4, 3]))?.[2]?.[1]).toBe('rgb(255 0 51)');
  expect(pixelsOf([grid(() => 255), grid(() => 0), grid((_, x) => 17 * x)], column([3, 4, 4]))?.[0]?.[3]).toBe('rgb(255 0 51)');
  expect(pixelsOf(grid(() => [0]), column([4, 4, 1], -1, 1))?.[0]?.[0]).toBe('rgb(128 128 128)');
});

test.each([
  ['a vector', [1, 2, 3, 4], column([4])],
  ['two channels', grid(() => [1, 2]), column([4, 4, 2])],
  ['what a scan leaves out', null, column([32, 32, 3])],
  ['words', 'cat', { kind: 'text', shape: null, numbers: null } as unknown as ColumnScan],
])('%s is no picture', (_, value, of) => {
  expect(pixelsOf(value, of)).toBeUndefined();
});

import { expect, test } from 'vitest';
import { paint, toArray, type PixelShape } from './pixels.js';

const grey: PixelShape = { height: 2, width: 3, channels: 1, channelsFirst: false, white: 16 };

test('the array is as the data hold it', () => {
  expect(toArray([0, 0.5, 1, 0, 0, 0.26], grey)).toEqual([[[0], [8], [16]], [[0], [0], [4]]]);
  expect(toArray([0.25, 0.5, 0.75, 1, 0, 0], { height: 1, width: 2, channels: 3, channelsFirst: true, white: 1 })).toEqual([[[0.25, 1]], [[0.5, 0]], [[0.75, 0]]]);
});

test('a pen lightens a pixel and its neighbours, within the picture', () => {
  expect(paint([0, 0, 0, 0, 0, 0], grey, { x: 0, y: 0 })).toEqual([1, 0.4, 0, 0.4, 0, 0]);
  expect(paint([0, 1, 0, 0, 0, 0], grey, { x: 0, y: 0 })).toEqual([1, 1, 0, 0.4, 0, 0]);
});

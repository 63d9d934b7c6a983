import { expect, test } from 'vitest';
import { fileSize, partOfSize } from './file-size.js';

test.each([
  [0, '0.0 KiB'],
  [15_241, '14.9 KiB'],
  [2 ** 20, '1.0 MiB'],
  [5e9, '4.7 GiB'],
  [3e15, '2728.5 TiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(fileSize(bytes)).toBe(text);
});

test('a part is told in the unit of the whole', () => {
  expect(partOfSize(1024 * 100, 2 ** 21)).toBe('0.1/2.0 MiB');
  expect(partOfSize(0, 0)).toBe('0.0/0.0 KiB');
});

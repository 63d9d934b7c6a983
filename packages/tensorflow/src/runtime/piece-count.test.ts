import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pieceCount } from './piece-count.js';

test.each([
  [2 ** 20, 1],
  [2 ** 22, 4],
  [200_960_000, 200],
  [1030 * 2036, 2],
  [4_194_319, 1], // a prime
])('%i elements are %i pieces', (size, count) => expect(pieceCount(size)).toBe(count));

test('pieces are equal, and of half a million to a million elements, or one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 28 }), (size) => {
      const count = pieceCount(size);
      expect(size % count).toBe(0);
      if (count > 1) {
        expect(size / count).toBeLessThanOrEqual(2 ** 20);
        expect(size / count).toBeGreaterThanOrEqual(2 ** 19);
      }
    }),
  );
});

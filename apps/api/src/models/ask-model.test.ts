import { expect, test } from 'vitest';
import { chooseByWeight } from './ask-model.js';

test('weights divide requests among targets', () => {
  const split = [{ name: 'a', weight: 90 }, { name: 'b', weight: 9 }, { name: 'c', weight: 1 }];
  const counts: Record<string, number> = {};
  for (let i = 0; i < 1000; i++) {
    const { name } = chooseByWeight(split, (i + 0.5) / 1000);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  expect(counts).toEqual({ a: 900, b: 90, c: 10 });
  expect(chooseByWeight(split, 0).name).toBe('a');
  expect(chooseByWeight(split, 1 - Number.EPSILON).name).toBe('c');
  expect(chooseByWeight([{ name: 'only', weight: 0.3 }], 0.999).name).toBe('only');
});

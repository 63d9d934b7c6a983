import { expect, test } from 'vitest';
import { eachOf } from './each-of.js';

test('does each once, six at a time, and goes on behind what fails', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  const failures = await eachOf([...Array(20).keys()], async (item) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    if (item % 7 === 3) throw new Error(`no ${item}`);
    done.push(item);
  });
  expect(done).toHaveLength(17);
  expect(new Set(done).size).toBe(17);
  expect(most).toBe(6);
  expect(failures.map((failure) => (failure as Error).message).sort()).toEqual(['no 10', 'no 17', 'no 3']);
});

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BriefCache } from './brief-cache.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

function counting(maxEntries?: number) {
  const cache = new BriefCache<string>(maxEntries);
  const asked: string[] = [];
  const get = (key: string) =>
    cache.get(key, async () => {
      asked.push(key);
      if (key === 'broken') throw new Error('away');
      return `${key} ${asked.length}`;
    });
  return { cache, asked, get };
}

test('within five seconds it is asked once, by many at once too', async () => {
  const { asked, get } = counting();
  expect(await Promise.all([get('a'), get('a'), get('b')])).toEqual(['a 1', 'a 1', 'b 2']);
  vi.advanceTimersByTime(4_999);
  expect(await get('a')).toBe('a 1');
  vi.advanceTimersByTime(1); // its age counts from the asking, not from the last use
  expect(await get('a')).toBe('a 3');
  expect(asked).toEqual(['a', 'b', 'a']);
});

test('what failed, or is to be forgotten, is asked again', async () => {
  const { cache, asked, get } = counting();
  for (let i = 0; i < 2; i++) await expect(get('broken')).rejects.toThrow('away');
  await get('a');
  cache.forget('a');
  await get('a');
  for (const key of ['ab', 'b']) await get(key);
  cache.forgetAll('a');
  for (const key of ['a', 'ab', 'b']) await get(key);
  expect(asked).toEqual(['broken', 'broken', 'a', 'a', 'ab', 'b', 'a', 'ab']);
});

test('of more than it may hold the oldest go', async () => {
  const { asked, get } = counting(2);
  for (const key of ['a', 'b', 'c', 'b', 'a']) await get(key);
  expect(asked).toEqual(['a', 'b', 'c', 'a']);
});

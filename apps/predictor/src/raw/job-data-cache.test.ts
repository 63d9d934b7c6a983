import { expect, it } from 'vitest';
import { JobDataCache } from './job-data-cache.js';

/** Answers what is known by its key, and counts how often it was loaded. */
function loading(bytes: number) {
  const loads: string[] = [];
  const cache = new JobDataCache(async (key) => {
    loads.push(key);
    if (key === 'broken') throw new Error('storage is away');
    return { inputs: undefined, classes: { output: [key] }, bytes };
  });
  return { cache, loads };
}

it('many requests wait for one load', async () => {
  const { cache, loads } = loading(1000);
  const all = await Promise.all(Array.from({ length: 5 }, () => cache.get('a')));
  expect(new Set(all).size).toBe(1);
  await cache.get('a');
  expect(loads).toEqual(['a']);
});

it('the least recently used make room; one that is larger than all is kept alone', async () => {
  const { cache, loads } = loading(30 * 2 ** 20);
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.get(key);
  expect(loads).toEqual(['a', 'b', 'c', 'b']);
  const large = loading(2 ** 30);
  for (const key of ['a', 'a', 'b', 'b', 'a']) await large.cache.get(key);
  expect(large.loads).toEqual(['a', 'b', 'a']);
});

it('a load that failed is tried again', async () => {
  const { cache, loads } = loading(1000);
  for (let i = 0; i < 2; i++) await expect(cache.get('broken')).rejects.toThrow('storage is away');
  expect(loads).toEqual(['broken', 'broken']);
});

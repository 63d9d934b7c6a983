import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder } from './in-order.js';

test('results come in the order of the items, however long each takes; no more items than allowed are read at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ results: fc.integer({ min: 0, max: 4 }), turns: fc.integer({ min: 0, max: 9 }) }), { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), async (items, atOnce) => {
      let reading = 0;
      let most = 0;
      const read = async function* ({ results, turns }: { results: number; turns: number }) {
        most = Math.max(most, ++reading);
        for (let i = 0; i < results; i++) {
          for (let t = 0; t < turns; t++) await turn();
          yield i;
        }
        reading--;
      };
      const taken: unknown[] = [];
      for await (const result of inOrder(items, atOnce, read)) taken.push(result.done ? 'end' : result.value);
      expect(taken).toEqual(items.flatMap(({ results }) => [...Array(results).keys(), 'end']));
      expect(most).toBeLessThanOrEqual(atOnce);
      if (items.length >= atOnce && items.every(({ results, turns }) => results > 0 && turns > 0)) expect(most).toBe(atOnce);
    }),
    { numRuns: 50 },
  );
});

test('the first failure, in the order of the items, ends all: what else was being read is given up', async () => {
  const given: number[] = [];
  const read = async function* (item: number, signal: AbortSignal) {
    if (item === 1) {
      await sleep(5);
      throw new Error('item 1 failed');
    }
    if (item === 2) throw new Error('item 2 failed earlier');
    if (item === 3) await new Promise((_, reject) => signal.addEventListener('abort', () => (given.push(item), reject(new Error('given up')))));
    yield item;
  };
  const taken: number[] = [];
  const consume = async () => {
    for await (const result of inOrder([0, 1, 2, 3, 4], 4, read)) if (!result.done) taken.push(result.value);
  };
  await expect(consume()).rejects.toThrow('item 1 failed');
  expect(taken).toEqual([0]);
  expect(given).toEqual([3]);
});

test('a signal from outside ends what waits', async () => {
  const controller = new AbortController();
  const read = async function* (_item: number, signal: AbortSignal) {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    yield 0;
  };
  const consume = async () => {
    for await (const _result of inOrder([0, 1], 2, read, controller.signal));
  };
  setTimeout(() => controller.abort(new Error('cancelled')), 5);
  await expect(consume()).rejects.toThrow('cancelled');
});

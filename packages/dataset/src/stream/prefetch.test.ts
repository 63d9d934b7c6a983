import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Prefetch } from './prefetch.js';

/** Counts what has been made; waits a turn of the event loop for each. */
function counter(end = Infinity) {
  const made = { count: 0, ended: false };
  const source = async function* () {
    try {
      for (; made.count < end; ) {
        await turn();
        yield ++made.count;
      }
    } finally {
      made.ended = true;
    }
  };
  return { made, source: source() };
}

const settle = async () => {
  for (let i = 0; i < 50; i++) await turn();
};

test('whatever the limit and however slow the consumer, no more than the limit are ready', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 15 }), async (limit, pauses) => {
      const { made, source } = counter();
      const ahead = new Prefetch(source, limit);
      for (const [taken, pause] of pauses.entries()) {
        expect((await ahead.next()).value).toBe(taken + 1);
        for (let i = 0; i < pause; i++) {
          await turn();
          expect(made.count - (taken + 1)).toBeLessThanOrEqual(limit);
        }
      }
      await settle();
      expect(made.count - pauses.length).toBe(limit); // and it does read ahead
      await ahead.return();
      expect(made.ended).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('an end is an end, after everything that was made', async () => {
  const items: number[] = [];
  for await (const item of new Prefetch(counter(7).source, 3)) items.push(item);
  expect(items).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a failure comes after what was made before it', async () => {
  const source = async function* () {
    yield 1;
    yield 2;
    throw new Error('no more');
  };
  const items: number[] = [];
  const consume = async () => {
    for await (const item of new Prefetch(source(), 5)) {
      await settle();
      items.push(item);
    }
  };
  await expect(consume()).rejects.toThrow('no more');
  expect(items).toEqual([1, 2]);
});

test('a consumer that stops stops the source', async () => {
  const { made, source } = counter();
  let stopped = 0;
  for await (const _item of new Prefetch(source, 4, () => stopped++)) break;
  expect(stopped).toBe(1);
  expect(made.ended).toBe(true);
  const { count } = made;
  await settle();
  expect(made.count).toBe(count);
});

test('the first item is made without being asked for', async () => {
  const { made, source } = counter();
  const ahead = new Prefetch(source, 1);
  await settle();
  expect(made.count).toBe(1);
  await ahead.return();
});

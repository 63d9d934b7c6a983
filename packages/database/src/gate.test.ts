import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { DatabaseUnavailableError } from './errors.js';
import { Gate } from './gate.js';

const options = { width: 2, patienceMs: 10_000, mostWaiting: 100 };

/** Work that ends when it is told to. */
function heldWork() {
  let finish = () => {};
  let fail = (_error: Error) => {};
  const done = new Promise<void>((resolve, reject) => ([finish, fail] = [resolve, reject]));
  return { work: () => done, finish: () => finish(), fail: (error: Error) => fail(error) };
}

describe('gate', () => {
  test('as many as it is wide are within, the others follow in their order', async () => {
    const gate = new Gate(options);
    const order: number[] = [];
    let [within, most] = [0, 0];
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        gate.pass(async () => {
          order.push(i);
          most = Math.max(most, ++within);
          await sleep(1);
          within--;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test('answers and errors go to whoever asked, and the place is free again', async () => {
    const gate = new Gate({ ...options, width: 1 });
    const results = await Promise.allSettled([gate.pass(() => Promise.reject(new Error('no such table'))), gate.pass(() => Promise.resolve(5))]);
    expect(results).toEqual([
      { status: 'rejected', reason: new Error('no such table') },
      { status: 'fulfilled', value: 5 },
    ]);
  });

  test('those that wait wait on while others come to their ends', async () => {
    const gate = new Gate({ ...options, width: 1, patienceMs: 300 });
    const turns = Array.from({ length: 8 }, () => gate.pass(() => sleep(100))); // 0.8 s in all
    expect((await Promise.allSettled(turns)).map(({ status }) => status)).toEqual(Array(8).fill('fulfilled'));
  });

  test('when nothing comes to an end for too long, all that wait are refused, and later ones are let in again', async () => {
    const gate = new Gate({ ...options, width: 1, patienceMs: 100 });
    const held = heldWork();
    const first = gate.pass(held.work);
    const waiting = await Promise.allSettled([1, 2, 3].map(() => gate.pass(() => Promise.resolve())));
    for (const result of waiting) expect(result).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseUnavailableError) });
    held.finish();
    await first;
    expect(await gate.pass(() => Promise.resolve('in'))).toBe('in');
  });

  test('an end for which the database was away is no progress', async () => {
    const gate = new Gate({ ...options, width: 1, patienceMs: 250 });
    const away = async () => {
      await sleep(100);
      throw new DatabaseUnavailableError('away');
    };
    const turns = await Promise.allSettled(Array.from({ length: 8 }, () => gate.pass(away)));
    const messages = turns.map((turn) => (turn.status === 'rejected' ? (turn.reason as Error).message : ''));
    expect(messages.slice(0, 2)).toEqual(['away', 'away']);
    expect(messages.at(-1)).toMatch(/answered nothing for 0.25 s/);
  });

  test('no more than a limit wait', async () => {
    const gate = new Gate({ ...options, width: 1, mostWaiting: 1 });
    const held = heldWork();
    const turns = [gate.pass(held.work), gate.pass(() => Promise.resolve())];
    await expect(gate.pass(() => Promise.resolve())).rejects.toThrow('the database is busy: 1 statements wait');
    held.finish();
    await Promise.all(turns);
  });
});

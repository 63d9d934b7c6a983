import { DatabaseUnavailableError } from '@trainyard/database';
import { expect, it } from 'vitest';
import { Journal } from './journal.js';

const failures: unknown[] = [];
const journal = (): Journal => new Journal((error) => failures.push(error));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('writes in the order of the calls, one after the other', async () => {
  const done: number[] = [];
  const writes = journal();
  for (let i = 0; i < 5; i++)
    writes.add(async () => {
      await turn();
      done.push(i);
    });
  expect(writes.pending).toBe(5);
  await writes.room(2);
  expect(done).toEqual([0, 1, 2]);
  await writes.flush();
  expect(done).toEqual([0, 1, 2, 3, 4]);
  expect(writes.pending).toBe(0);
});

it('waits for a database that is away', async () => {
  let tries = 0;
  const writes = journal();
  writes.add(async () => {
    if (++tries < 3) throw new DatabaseUnavailableError('away');
  });
  await writes.flush();
  expect(tries).toBe(3);
});

it('ends with the first other failure, and writes nothing after it', async () => {
  failures.length = 0;
  const done: string[] = [];
  const broken = new Error('broken');
  const writes = journal();
  writes.add(() => Promise.reject(broken));
  writes.add(async () => void done.push('later'));
  await expect(writes.flush()).rejects.toBe(broken);
  writes.add(async () => void done.push('too late'));
  await expect(writes.room(3)).rejects.toBe(broken);
  await expect(writes.flush()).rejects.toBe(broken);
  expect(done).toEqual([]);
  expect(failures).toEqual([broken]);
});

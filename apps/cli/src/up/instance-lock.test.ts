import { mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockInstance, type InstanceLock, type LockResult } from './instance-lock.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-lock-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const held = (result: LockResult): InstanceLock => {
  if ('other' in result) throw new Error('another one holds the lock');
  return result.held;
};

describe('the lock of a data directory', () => {
  it('is held by one, who tells the others where it serves', async () => {
    const lock = held(await lockInstance(folder));
    expect(await lockInstance(folder)).toEqual({ other: { pid: process.pid } });
    lock.announce('http://127.0.0.1:8000');
    expect(await lockInstance(folder)).toEqual({ other: { pid: process.pid, url: 'http://127.0.0.1:8000' } });
    await lock.release();
    await held(await lockInstance(folder)).release();
  });

  it('is the same for every name of the directory', async () => {
    const link = `${folder}-link`;
    await symlink(folder, link);
    const lock = held(await lockInstance(folder));
    expect(await lockInstance(link)).toHaveProperty('other');
    await lock.release();
    await rm(link);
  });

  it('is given to exactly one of many who ask at once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => lockInstance(folder)));
    const winners = results.filter((result) => 'held' in result);
    expect(winners).toHaveLength(1);
    await held(winners[0]!).release();
  });
});

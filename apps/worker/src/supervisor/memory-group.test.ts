import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryGroup } from './memory-group.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'trainyard-cgroup-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const read = (...names: string[]) => readFile(path.join(root, ...names), 'utf8');

it('version 1: below our own group of the memory controller', async () => {
  await mkdir(path.join(root, 'memory', 'ours'), { recursive: true });
  expect(await MemoryGroup.around(7, 1024, { root, own: '4:memory:/ours\n1:cpu:/\n0::/\n' })).toBeDefined();
  expect([await read('memory', 'ours', 'trainyard-7', 'memory.limit_in_bytes'), await read('memory', 'ours', 'trainyard-7', 'cgroup.procs')]).toEqual(['1024', '7']);
});

it('version 2: beside our own; what the kernel did is read', async () => {
  await mkdir(path.join(root, 'slice', 'ours'), { recursive: true });
  const group = await MemoryGroup.around(7, 1024, { root, own: '0::/slice/ours\n' });
  expect(await read('slice', 'trainyard-7', 'memory.max')).toBe('1024');
  await writeFile(path.join(root, 'slice', 'trainyard-7', 'memory.events'), 'max 9\noom 1\noom_kill 0\n');
  expect(await group?.killed()).toBe(false);
  await writeFile(path.join(root, 'slice', 'trainyard-7', 'memory.events'), 'max 9\noom 1\noom_kill 1\n');
  expect(await group?.killed()).toBe(true);
});

it('nowhere, where no group can be made', async () => {
  for (const own of ['', '0::/\n', '4:memory:/not/there\n']) expect(await MemoryGroup.around(7, 1024, { root, own })).toBeUndefined();
});

it('the kernel ends a process that asks for more, where it lets us ask it', async (context) => {
  const greedy = spawn(process.execPath, ['-e', "const all = []; process.stdin.on('data', () => { for (;;) all.push(Buffer.alloc(2 ** 20, 1)); })"], { stdio: ['pipe', 'ignore', 'ignore'] });
  try {
    const group = await MemoryGroup.around(greedy.pid ?? 0, 200 * 2 ** 20);
    if (!group) return context.skip('this process may make no control groups');
    greedy.stdin.write('go\n');
    const [, signal] = (await once(greedy, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    expect(await group.killed()).toBe(true);
    await group.remove();
  } finally {
    greedy.kill('SIGKILL');
  }
});

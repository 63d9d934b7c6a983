import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHome, processesOf, removeHome, upEnvironment } from '../support/trainyard-up.js';

const root = path.resolve(import.meta.dirname, '../..');
let home: string;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(async () => {
  await expect.poll(() => processesOf(home), { timeout: 60_000, interval: 100 }).toEqual([]);
  await removeHome(home);
});

async function quickstart(args: string[] = []): Promise<{ child: ChildProcess; output: () => string }> {
  const child = spawn(process.execPath, ['scripts/quickstart.mjs', ...args], { cwd: root, env: await upEnvironment(home), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

describe('npm run quickstart', () => {
  it('trains, predicts, says where everything is, and ends with --exit', { timeout: 180_000 }, async () => {
    const { child, output } = await quickstart(['--exit']);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect({ code }, output()).toEqual({ code: 0 });
    expect(output()).toMatch(/^Epoch 12\/12\n45\/45 \[={30}\] - .* - val_acc: 0\.9\d+$/m);
    expect(Number(/^val_acc: (0\.\d{4})$/m.exec(output())![1])).toBeGreaterThanOrEqual(0.95);
    expect(output()).toMatch(/^Predicted for 8 images it has not seen: (\d ?){8}$/m);
    const checkpoint = /^Checkpoint +(\S+) /m.exec(output())![1]!;
    expect((await readFile(checkpoint)).subarray(1, 4).toString()).toBe('HDF');
    const logs = /^TensorBoard logs +(\S+) /m.exec(output())![1]!;
    expect(logs.startsWith(home)).toBe(true);
    const { readdir } = await import('node:fs/promises');
    expect((await readdir(logs, { recursive: true })).some((name) => name.includes('events.out.tfevents'))).toBe(true);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends everything when it gets %s in the middle of training', { timeout: 180_000 }, async (signal) => {
    const { child, output } = await quickstart();
    await expect.poll(output, { timeout: 120_000 }).toContain('Epoch 2/12');
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    expect(await processesOf(home)).toEqual([]);
  });

  it('serves until it is asked to end', { timeout: 180_000 }, async () => {
    const { child, output } = await quickstart();
    await expect.poll(output, { timeout: 120_000 }).toContain('Serving until Ctrl-C.');
    const url = /Trainyard serves at (\S+)/.exec(output())![1]!;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(0);
  });

  it('refuses options that it does not have', async () => {
    const { child, output } = await quickstart(['--fast']);
    expect((await once(child, 'exit'))[0]).toBe(1);
    expect(output()).toBe('\nnpm run quickstart takes one option: `npm run quickstart -- --exit`.\n');
  });
});

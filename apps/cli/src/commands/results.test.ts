import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from '@trainyard/client';
import { expect, it } from 'vitest';
import { predict, type PredictOptions } from './results.js';

/** Runs `trainyard predict`, and answers what was asked of the server and what was printed. */
async function run(options: PredictOptions, named = job): Promise<{ asked: unknown[]; printed: string[] }> {
  const asked: unknown[] = [];
  const printed: string[] = [];
  const jobs = { predict: async (...given: unknown[]) => (asked.push(...given), { predictions: [[0.5]], checkpoint: 'c' }) };
  const models = { predict: async (...given: unknown[]) => (asked.push('model', ...given), { predictions: [[0.5]] }) };
  await predict({ jobs, models } as unknown as Client, named, options, (line) => printed.push(line));
  return { asked, printed };
}

const job = 'job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D';

it('sends instances as they are, and raw rows as such', async () => {
  expect(await run({ instances: '[[1, 2]]', classes: true })).toEqual({ asked: [job, { instances: [[1, 2]], outputs: 'classes' }], printed: ['[[0.5]]'] });
  expect((await run({ instances: '[{"island": "Dream"}]', raw: true, checkpoint: 'best' })).asked).toEqual([job, { instances: [{ island: 'Dream' }], raw: true, checkpoint: 'best' }]);
});

it('asks for the likeliest classes, within a deadline', async () => {
  const options = { instances: '[[1, 2]]', topK: '3', deadlineMs: '500' };
  expect((await run(options)).asked).toEqual([job, { instances: [[1, 2]], top_k: 3, deadline_ms: 500 }]);
  expect((await run(options, 'digits')).asked).toEqual(['model', 'digits', { instances: [[1, 2]], top_k: 3, deadline_ms: 500 }]);
  await expect(run({ ...options, topK: 'all' })).rejects.toThrow('--top-k: expected a number from 1 on, received "all"');
  await expect(run({ data: 'x.npz', output: 'y.npz', topK: '3' })).rejects.toThrow('--top-k is answered as JSON: give the instances as JSON too');
});

it('an npz file holds no raw rows', async () => {
  await expect(run({ data: 'x.npz', output: 'y.npz', raw: true })).rejects.toThrow('--raw takes rows as JSON: the arrays of an npz file are what the model takes');
});

it('asks what answers under a name', async () => {
  expect((await run({ instances: '[[1, 2]]' }, 'digits')).asked).toEqual(['model', 'digits', { instances: [[1, 2]] }]);
  await expect(run({ instances: '[[1, 2]]', checkpoint: 'best' }, 'digits')).rejects.toThrow('--checkpoint is for jobs: digits is a name');
});

it('sends images as raw rows', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'trainyard-cli-'));
  try {
    const files = ['a.png', 'b.jpg'].map((name) => path.join(folder, name));
    for (const file of files) await writeFile(file, path.basename(file));
    expect((await run({ image: files, classes: true })).asked).toEqual([job, { raw: true, instances: [{ b64: 'YS5wbmc=' }, { b64: 'Yi5qcGc=' }], outputs: 'classes' }]);
    await expect(run({ image: [path.join(folder, 'c.png')] })).rejects.toThrow('c.png: there is no such file');
    await expect(run({ image: files, instances: '[]' })).rejects.toThrow('Say what to predict for: one of --data FILE (.npz or .json), --instances JSON, --image FILE and --source SOURCE');
  } finally {
    await rm(folder, { recursive: true });
  }
});

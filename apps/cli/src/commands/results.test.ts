import type { Client } from '@trainyard/client';
import { expect, it } from 'vitest';
import { predict, type PredictOptions } from './results.js';

/** Runs `trainyard predict`, and answers what was asked of the server and what was printed. */
async function run(options: PredictOptions): Promise<{ asked: unknown[]; printed: string[] }> {
  const asked: unknown[] = [];
  const printed: string[] = [];
  const jobs = { predict: async (...given: unknown[]) => (asked.push(...given), { predictions: [[0.5]], checkpoint: 'c' }) };
  await predict({ jobs } as unknown as Client, 'job_1', options, (line) => printed.push(line));
  return { asked, printed };
}

it('sends instances as they are, and raw rows as such', async () => {
  expect(await run({ instances: '[[1, 2]]', classes: true })).toEqual({ asked: ['job_1', { instances: [[1, 2]], outputs: 'classes' }], printed: ['[[0.5]]'] });
  expect((await run({ instances: '[{"island": "Dream"}]', raw: true, checkpoint: 'best' })).asked).toEqual(['job_1', { instances: [{ island: 'Dream' }], raw: true, checkpoint: 'best' }]);
});

it('an npz file holds no raw rows', async () => {
  await expect(run({ data: 'x.npz', output: 'y.npz', raw: true })).rejects.toThrow('--raw takes rows as JSON: the arrays of an npz file are what the model takes');
});

import { jobsFigures, jobsMarkdown, milestones, runJobs, type StartService } from '@trainyard/bench';
import { expect, test } from 'vitest';
import { endUp, startUp } from '../support/trainyard-up.js';

/*
 * The benchmark's suite of jobs as it runs, with few of them: that every number is there, not what it is.
 */

const start: StartService = async (env) => {
  const up = await startUp(env['TRAINYARD_HOME'] ?? '');
  return { url: up.url, env: { ...up.env, TRAINYARD_API_KEY: up.apiKey }, stop: async () => void (await endUp(up)) };
};

test('jobs pass every milestone, and several clients at once are served', { timeout: 180_000 }, async () => {
  const said: string[] = [];
  const run = await runJobs(start, process.env, { warmUp: 0, alone: 2, pauseMs: 0, many: 3, clients: 2, say: (text) => said.push(text) });
  expect(run.alone).toHaveLength(2);
  for (const times of run.alone) {
    const told = JSON.stringify(times);
    for (const milestone of milestones) expect(times[milestone], told).toBeGreaterThan(0);
    expect(times.second_step, told).toBeGreaterThanOrEqual(times.first_step ?? NaN);
    for (const later of ['first_step', 'finished'] as const) expect(times[later], told).toBeGreaterThan(times.claimed ?? NaN);
  }
  expect(run.many).toMatchObject({ jobs: 3, clients: 2 });
  expect(run.many.seconds).toBeGreaterThan(run.many.postSeconds);
  expect(said.at(-1)).toBe('jobs: 3 jobs by 2 clients');

  const figures = jobsFigures(run, { cpu: 'a CPU', cores: 2, memory_gib: 8, kernel: 'Linux', load_average: 0 });
  expect(Object.keys(figures.milestones)).toEqual(milestones);
  expect(figures.post_to_first_step.p95_ms).toBeGreaterThanOrEqual(figures.post_to_first_step.p50_ms);
  expect(jobsMarkdown(figures)).toMatch(/\| the POST is answered \| [\d.]+ \| .*\n\n3 jobs by 2 clients: /s);
});

import path from 'node:path';
import { jobsFigures, jobsMarkdown, LoadClient, milestones, predictFigures, predictMarkdown, runJobs, runPredict, type RunningService, type StartService } from '@trainyard/bench';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endUp, makeHome, removeHome, startUp, type TrainyardUp } from '../support/trainyard-up.js';

/*
 * The benchmark's suites that ask a service, as they run, on little: that every number is there, not what it is.
 */

const machine = { cpu: 'a CPU', cores: 2, memory_gib: 8, kernel: 'Linux', load_average: 0 };
let up: TrainyardUp;
let running: RunningService;
/** All use one service, which the file ends. */
const start: StartService = async () => running;

beforeAll(async () => {
  up = await startUp(await makeHome());
  running = { url: up.url, env: { ...up.env, TRAINYARD_API_KEY: up.apiKey }, stop: async () => undefined };
}, 120_000);
afterAll(async () => {
  await endUp(up);
  await removeHome(up.home);
});

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

  const figures = jobsFigures(run, machine);
  expect(Object.keys(figures.milestones)).toEqual(milestones);
  expect(figures.post_to_first_step.p95_ms).toBeGreaterThanOrEqual(figures.post_to_first_step.p50_ms);
  expect(jobsMarkdown(figures)).toMatch(/\| the POST is answered \| [\d.]+ \| .*\n\n3 jobs by 2 clients: /s);
});

test('predictions are asked for by one client and by many, as bytes and as JSON, of a model that is not loaded', { timeout: 180_000 }, async () => {
  const startClient = () => new LoadClient(process.env, path.resolve(import.meta.dirname, '../../bench/dist'));
  const run = await runPredict(start, process.env, { packages: undefined, models: ['mlp-binary', 'wide'], rounds: 2, seconds: 0.1, scale: 0.03, say: () => undefined }, startClient);
  const figures = predictFigures(run, 2, machine);
  expect(figures.models.map(({ model, servers }) => [model, Object.keys(servers)])).toEqual(['mlp-binary', 'wide'].map((model) => [model, ['trainyard', 'trainyard_alone']]));
  for (const { servers } of figures.models) {
    for (const server of Object.values(servers)) {
      for (const value of Object.values(server)) expect(value).toBeGreaterThan(0);
      expect(server.p99_ms).toBeGreaterThanOrEqual(server.p50_ms);
    }
    expect(servers.trainyard?.trainyard_ratio).toBe(1);
  }
  expect(figures.tensors).toMatchObject({ images: 1, ratios: { bytes: 1 } });
  expect(figures.cold).toMatchObject({ mib: 3 });
  for (const value of [...Object.values(figures.tensors.ms), figures.cold.min_ms]) expect(value).toBeGreaterThan(0);
  expect(predictMarkdown(figures)).toMatch(/\| Trainyard \| [\d.]+ \| .*\| Trainyard, requests never joined \| .*\n\nThe first answer from 3 MiB of weights: [\d.]+ ms/s);
});

import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { runningJob, startApi, type TestApi } from '@trainyard/api/testing';
import { addCheckpoint } from '@trainyard/database';
import { GatedStore, TestCheckpoints, testPredictor } from '@trainyard/predictor/testing';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// The API with two predictors on libtensorflow, of which one dies and comes back.

const model = 'c01_mlp_binary';
let checkpoints: TestCheckpoints;
let gate: GatedStore;
let api: TestApi;
let jobUrl: string;
let ids: string[];
let instances: unknown[];
const predictors = new Map<number, FastifyInstance>();

async function startPredictor(port = 0): Promise<number> {
  const app = testPredictor({ store: gate.store });
  const taken = Number(new URL(await app.listen({ host: '127.0.0.1', port })).port);
  predictors.set(taken, app);
  return taken;
}

/** As a process dies: with its connections. */
async function kill(port: number): Promise<void> {
  const app = predictors.get(port)!;
  predictors.delete(port);
  app.server.closeAllConnections();
  await app.close();
}

beforeAll(async () => {
  checkpoints = await TestCheckpoints.open();
  gate = new GatedStore(checkpoints.store);
  instances = await checkpoints.instances(model, 2);
  const ports = [await startPredictor(), await startPredictor()];
  api = await startApi({ predictorUrls: ports.map((port) => `http://127.0.0.1:${port}`) });
  const job = await runningJob(api);
  jobUrl = `/v1/jobs/${job.jobId}/predict`;
  ids = [];
  for (let i = 0; i < 16; i++) {
    const { id, key, sha256 } = await checkpoints.add(model);
    await addCheckpoint(api.scratch.database, job, { id, filename: `${i}.h5`, epoch: i, step: i, kind: 'model', final: false, metrics: {}, bytes: 1, sha256, key });
    ids.push(id);
  }
});
afterAll(async () => {
  await api.close();
  await Promise.all([...predictors.keys()].map(kill));
  await checkpoints.close();
});

const predict = (checkpoint: string, change: object = {}) => api.call({ method: 'POST', url: jobUrl, payload: { checkpoint, instances, ...change } });
const readiness = async () => (await api.app.inject('/readyz')).json<{ status: string; parts: { predictor: string }; predictors: { url: string; state: string }[] }>();

async function metric(port: number, line: string): Promise<number> {
  const { body } = await predictors.get(port)!.inject('/metrics');
  return Number(body.split('\n').find((each) => each.startsWith(`${line} `))?.slice(line.length + 1) ?? 0);
}
const loads = (port: number) => metric(port, 'trainyard_predictor_load_duration_seconds_count{result="ok"}');
const present = (port: number) => metric(port, 'trainyard_predictor_requests');

let expected: unknown;

test('the board for Grafana asks for no metric that is not told', async () => {
  const told = new Map<string, string>();
  const texts = [await api.app.inject('/metrics'), await [...predictors.values()][0]!.inject('/metrics')];
  for (const { body } of texts) for (const [, name = '', type = ''] of body.matchAll(/^# TYPE (\S+) (\S+)$/gm)) told.set(name, type);
  const names = [...told].flatMap(([name, type]) => (type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name]));
  const board = JSON.parse(await readFile('deploy/grafana/trainyard.json', 'utf8')) as { panels: { title: string; targets?: { expr: string }[] }[] };
  const asked = board.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => [...expr.matchAll(/\b(?:trainyard|process)_\w+/g)].map(([name]) => name)));
  expect(new Set(asked).size).toBeGreaterThan(20);
  expect([...new Set(asked)].filter((name) => !names.includes(name))).toEqual([]);
});

test('each checkpoint goes to the same one of them', async () => {
  const [a, b] = [...predictors.keys()] as [number, number];
  for (let round = 0; round < 3; round++) {
    for (const answer of await Promise.all(ids.map((id) => predict(id)))) {
      expect(answer.statusCode).toBe(200);
      expected ??= answer.json().predictions;
      expect(answer.json().predictions).toEqual(expected);
    }
  }
  expect((await loads(a)) + (await loads(b))).toBe(ids.length);
  expect(await loads(a)).toBeGreaterThan(0);
  expect(await loads(b)).toBeGreaterThan(0);
  expect(await readiness()).toMatchObject({ parts: { predictor: 'ok' }, predictors: [a, b].map((port) => ({ url: `http://127.0.0.1:${port}`, state: 'ok' })) });
});

test('one that dies while it answers is left out, and the other answers for it; back again, it has its checkpoints', async () => {
  const [a, b] = [...predictors.keys()] as [number, number];
  gate.close();
  const { id, key, sha256 } = await checkpoints.add(model);
  const job = await runningJob(api);
  await addCheckpoint(api.scratch.database, job, { id, filename: 'new.h5', epoch: 0, step: 0, kind: 'model', final: true, metrics: {}, bytes: 1, sha256, key });
  const asked = api.call({ method: 'POST', url: `/v1/jobs/${job.jobId}/predict`, payload: { instances } });
  await vi.waitFor(async () => expect((await present(a)) + (await present(b))).toBe(1));
  const [dying, other] = (await present(a)) === 1 ? [a, b] : [b, a];
  const loadsBefore = await loads(other);
  await kill(dying);
  await vi.waitFor(async () => expect(await present(other)).toBe(1));
  gate.open();
  expect((await asked).json()).toMatchObject({ predictions: expected, checkpoint: id });
  for (const answer of await Promise.all(ids.map((each) => predict(each)))) expect(answer.json().predictions).toEqual(expected);
  expect(await loads(other)).toBe(loadsBefore + 1 + (ids.length - loadsBefore));
  const state = await readiness();
  expect(state).toMatchObject({ status: 'degraded', parts: { predictor: 'ok' } });
  expect(state.predictors.find(({ url }) => url.endsWith(`:${dying}`))).toMatchObject({ state: 'unavailable' });
  expect((await api.app.inject('/metrics')).body).toContain(`trainyard_predictor_up{predictor="http://127.0.0.1:${dying}"} 0\n`);

  await startPredictor(dying);
  // Nobody asks: it is found by its probes.
  await vi.waitFor(async () => expect((await api.app.inject('/metrics')).body).toContain(`trainyard_predictor_up{predictor="http://127.0.0.1:${dying}"} 1\n`), { timeout: 10_000 });
  for (const answer of await Promise.all(ids.map((each) => predict(each)))) expect(answer.statusCode).toBe(200);
  expect(await loads(dying)).toBe(ids.length - loadsBefore);
});

test('a client that goes away frees its place at the predictor', async () => {
  const [a, b] = [...predictors.keys()] as [number, number];
  const base = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
  gate.close();
  const { id, key, sha256 } = await checkpoints.add(model);
  const job = await runningJob(api);
  await addCheckpoint(api.scratch.database, job, { id, filename: 'new.h5', epoch: 0, step: 0, kind: 'model', final: true, metrics: {}, bytes: 1, sha256, key });
  const client = httpRequest(new URL(`/v1/jobs/${job.jobId}/predict`, base), { method: 'POST', headers: { ...api.headers, 'content-type': 'application/json' } }).on('error', () => undefined);
  client.end(JSON.stringify({ instances }));
  await vi.waitFor(async () => expect((await present(a)) + (await present(b))).toBe(1));
  client.destroy();
  await vi.waitFor(async () => expect((await present(a)) + (await present(b))).toBe(0));

  const late = await api.call({ method: 'POST', url: `/v1/jobs/${job.jobId}/predict`, payload: { instances, deadline_ms: 30 } });
  expect(late.json()).toMatchObject({ status: 504, code: 'deadline_exceeded', detail: expect.stringContaining('the prediction was not ready in time') });
  gate.open();
  expect((await readiness()).parts.predictor).toBe('ok'); // neither of them is blamed
});

test('one that is mute is given up at the deadline', async () => {
  const mute = createServer();
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const own = await startApi({ predictorUrls: [`http://127.0.0.1:${(mute.address() as AddressInfo).port}`] });
  const job = await runningJob(own);
  const { id, key, sha256 } = await checkpoints.add(model);
  await addCheckpoint(own.scratch.database, job, { id, filename: 'a.h5', epoch: 0, step: 0, kind: 'model', final: true, metrics: {}, bytes: 1, sha256, key });
  const answer = await own.call({ method: 'POST', url: `/v1/jobs/${job.jobId}/predict`, payload: { instances, deadline_ms: 30 } });
  expect(answer.json()).toMatchObject({ status: 504, code: 'deadline_exceeded', detail: 'expected an answer within 30 ms, the predictor has given none' });
  await own.close();
  mute.close();
});

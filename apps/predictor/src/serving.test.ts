import { request as httpRequest } from 'node:http';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { GatedStore, predictorCall, testPredictor, TestCheckpoints, type PredictorCall, type TestCheckpoint, type TestPredictorOptions } from './testing/index.js';

const mlp = 'c01_mlp_binary';
const classifier = 'c02_mlp_multiclass';
const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
let checkpoints: TestCheckpoints;
let checkpoint: TestCheckpoint;
beforeAll(async () => {
  checkpoints = await TestCheckpoints.open();
  checkpoint = await checkpoints.add(mlp);
});
afterAll(() => checkpoints.close());

const apps: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
});
function start(options: Partial<TestPredictorOptions> = {}): FastifyInstance {
  const app = testPredictor({ store: checkpoints.store, runtime, ...options });
  apps.push(app);
  return app;
}

const ask = async (app: FastifyInstance, call: PredictorCall) => {
  const { statusCode: status, headers, body } = await app.inject({ method: 'POST', url: '/predict', ...call });
  return { status, headers, body: JSON.parse(body) };
};
async function metric(app: FastifyInstance, line: string): Promise<number | undefined> {
  const { body } = await app.inject('/metrics');
  const found = body.split('\n').find((each) => each.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

const closedStore = () => new GatedStore(checkpoints.store).close();

const limits = { maxBatchSize: 32, maxDelayMs: 5, maxQueue: 2 };

describe('a model that has as many requests as it may', () => {
  it('refuses more, and says when to come back; others are not concerned', async () => {
    const gate = closedStore();
    const app = start({ store: gate.store, limits });
    const instances = await checkpoints.instances(mlp, 1);
    const asked = [1, 2].map(() => ask(app, predictorCall(checkpoint, instances)));
    await vi.waitFor(() => expect(gate.reads).toBe(1));
    const refused = await ask(app, predictorCall(checkpoint, instances));
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' }, body: { code: 'overloaded', retryable: true, detail: 'expected fewer than 2 requests at once for this model, there are 2; try again' } });
    const more = ask(app, predictorCall(checkpoint, instances, { serving: { max_queue: 3 } }));
    const other = ask(app, predictorCall(await checkpoints.add(mlp), instances));
    await vi.waitFor(async () => expect(await metric(app, 'trainyard_predictor_requests')).toBe(4));
    gate.open();
    for (const { status } of await Promise.all([...asked, more, other])) expect(status).toBe(200);
    expect(await metric(app, 'trainyard_predictor_requests')).toBe(0);
    expect(await metric(app, 'trainyard_predictor_load_duration_seconds_count{result="ok"}')).toBe(2);
  });

  it('has a place again as soon as a client has gone', async () => {
    const gate = closedStore();
    const app = start({ store: gate.store, limits });
    const base = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    const call = predictorCall(checkpoint, await checkpoints.instances(mlp, 1));
    const going = [1, 2].map(() => {
      const client = httpRequest(new URL('/predict', base), { method: 'POST', headers: call.headers }).on('error', () => undefined);
      client.end(call.payload);
      return client;
    });
    await vi.waitFor(async () => expect(await metric(app, 'trainyard_predictor_requests')).toBe(2));
    for (const client of going) client.destroy();
    await vi.waitFor(async () => expect(await metric(app, 'trainyard_predictor_requests')).toBe(0));
    expect(await metric(app, 'trainyard_predictor_request_duration_seconds_count{status="499"}')).toBe(2);
    const answer = ask(app, call);
    gate.open();
    expect((await answer).status).toBe(200);
    expect(gate.reads).toBe(1); // what was being loaded was of use to the next
  });
});

describe('a deadline', () => {
  it('ends the waiting for a model, and frees the place', async () => {
    const gate = closedStore();
    const app = start({ store: gate.store, limits: { ...limits, maxQueue: 1 } });
    const instances = await checkpoints.instances(mlp, 1);
    for (let i = 0; i < 2; i++) {
      const { status, body } = await ask(app, predictorCall(checkpoint, instances, { deadline_ms: 20 }));
      expect({ status, code: body.code, detail: body.detail }).toEqual({ status: 504, code: 'deadline_exceeded', detail: 'the prediction was not ready in time: expected an answer within 20 ms' });
    }
    gate.open();
    expect((await ask(app, predictorCall(checkpoint, instances))).status).toBe(200);
  });

  it('is refused where it is none', async () => {
    for (const deadline_ms of [0, 1.5, 600_001]) expect((await ask(start(), predictorCall(checkpoint, [[1]], { deadline_ms }))).body.errors[0].pointer).toBe('/deadline_ms');
  });
});

describe('models that are loaded', () => {
  it('stay where they are pinned, until that is taken back', async () => {
    const app = start({ cacheBytes: 2 ** 20 });
    const [instances, others] = [await checkpoints.instances(mlp, 1), await Promise.all([1, 2, 3].map(() => checkpoints.add(mlp)))];
    const loads = () => metric(app, 'trainyard_predictor_load_duration_seconds_count{result="ok"}');
    await ask(app, predictorCall(checkpoint, instances, { serving: { pinned: true } }));
    for (const other of others) await ask(app, predictorCall(other, instances));
    expect(await loads()).toBe(4);
    expect(await metric(app, 'trainyard_predictor_models')).toBe(2);
    expect(await metric(app, 'trainyard_predictor_models_pinned')).toBe(1);
    await ask(app, predictorCall(checkpoint, instances)); // says nothing of it
    expect(await loads()).toBe(4);
    await ask(app, predictorCall(checkpoint, instances, { serving: { pinned: false } }));
    await ask(app, predictorCall(others[0]!, instances));
    await ask(app, predictorCall(checkpoint, instances));
    expect(await loads()).toBe(6);
    expect(await metric(app, 'trainyard_predictor_evictions_total')).toBe(5);
  });

  it('leave nothing behind when they go', async () => {
    const before = runtime.live.snapshot();
    const app = testPredictor({ store: checkpoints.store, runtime, cacheBytes: 2 ** 20 });
    const instances = await checkpoints.instances(mlp, 4);
    for (let i = 0; i < 3; i++) expect((await ask(app, predictorCall(await checkpoints.add(mlp), instances, { batch_size: 2 }))).status).toBe(200);
    await app.close();
    expect(runtime.live.snapshot()).toEqual(before);
  });
});

describe('the largest classes', () => {
  it('are answered for each row with index, score and, where the job knows them, names', async () => {
    const app = start();
    const model = await checkpoints.add(classifier);
    const instances = await checkpoints.instances(classifier, 3);
    const all = (await ask(app, predictorCall(model, instances))).body.outputs as number[][];
    const names = all[0]!.map((_, i) => (i === 0 ? null : `class ${i}`));
    const state = { version: 1, train: { shards: [], fitted: { transforms: [] }, classes: { dense_3: names } }, validation: null };
    await checkpoints.store.put('data.json', Buffer.from(JSON.stringify(state)));
    const largest = all.map((row) => row.map((score, index) => ({ index, score, ...(names[index] != null && { class: names[index] }) })).sort((a, b) => b.score - a.score).slice(0, 2));
    expect((await ask(app, predictorCall(model, instances, { top_k: 2, classes: { data_key: 'data.json' } }))).body).toEqual({ outputs: largest });
    const unnamed = largest.map((row) => row.map(({ index, score }) => ({ index, score })));
    const nameless = { top_k: 2, classes: { data_key: 'gone.json' } };
    expect((await ask(app, predictorCall(model, instances, nameless))).body).toEqual({ outputs: unnamed });
  });

  it.each([
    [{ outputs: 'classes' as const }, '/top_k: expected top_k, or "outputs": "classes", received both'],
    [{ accept: 'npz' as const }, '/top_k: expected an answer in JSON with top_k, received a request for an npz archive'],
  ])('are refused with %j', async (change, detail) => {
    expect((await ask(start(), predictorCall(checkpoint, [[1]], { top_k: 2, ...change }))).body).toMatchObject({ status: 422, detail });
  });
});

it('what is no number in JSON is a text', async () => {
  const instances = (await checkpoints.instances(mlp, 2)) as number[][];
  const far = [instances[0], instances[1]!.map((_, i) => (i % 2 === 0 ? 3e38 : -3e38))];
  const { status, body } = await ask(start(), predictorCall(checkpoint, far, { layers: ['dense_1', 'dense_2', 'dense_3'] }));
  expect(status).toBe(200);
  const texts = new Set(Object.values<unknown[][]>(body.outputs).flatMap((rows) => rows[1]).filter((value) => typeof value === 'string'));
  expect(texts.size).toBeGreaterThan(0);
  for (const text of texts) expect(['NaN', 'Infinity', '-Infinity']).toContain(text);
});

it('metrics tell of requests, runs and models, as Prometheus reads them', async () => {
  const app = start();
  const instances = await checkpoints.instances(mlp, 5);
  await ask(app, predictorCall(checkpoint, instances.slice(0, 1)));
  await Promise.all([2, 3].map((count) => ask(app, predictorCall(checkpoint, instances.slice(0, count)))));
  await ask(app, predictorCall(checkpoint, [[1]]));
  const { body, headers } = await app.inject('/metrics');
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  for (const line of body.trimEnd().split('\n')) expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/);
  expect(await metric(app, 'trainyard_predictor_request_duration_seconds_count{status="200"}')).toBe(3);
  expect(await metric(app, 'trainyard_predictor_request_duration_seconds_count{status="422"}')).toBe(1);
  expect(await metric(app, 'trainyard_predictor_batch_rows_sum')).toBe(6);
  expect(await metric(app, 'trainyard_predictor_batch_requests_sum')).toBe(3);
  expect(await metric(app, 'trainyard_predictor_batch_requests_count')).toBe(2);
  expect(await metric(app, 'trainyard_predictor_queue_duration_seconds_count')).toBe(3);
  expect(await metric(app, 'trainyard_predictor_queue_length')).toBe(0);
  expect(await metric(app, 'trainyard_predictor_cache_bytes')).toBeGreaterThan(2 ** 22);
  expect(await metric(app, 'trainyard_predictor_cache_limit_bytes')).toBe(2 ** 27);
});

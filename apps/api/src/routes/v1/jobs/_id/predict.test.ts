import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { addCheckpoint, deleteKey, listKeys, settleData } from '@trainyard/database';
import { closedPort } from '@trainyard/queue/testing';
import { decodeFrame, frameMediaType, newCheckpointId, npzMediaType, PredictorRequest } from '@trainyard/protocol';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startApi, type TestApi } from '../../../../testing/api.js';
import { runningJob, storedCheckpoint } from '../../../../testing/attempt.js';

/** Keeps to the contract between API and predictor: reads requests by its schema, answers as told. */
const received: (PredictorRequest & { parts?: readonly Uint8Array[] })[] = [];
interface StubAnswer {
  status: number;
  type: string;
  body: string;
  headers?: Record<string, string>;
}
let answer: StubAnswer;
/** Answered before `answer` is, each once. */
const before: StubAnswer[] = [];
const predictor = createServer((request, response) => {
  if (request.url === '/healthz') return void response.end('{"status": "ok"}');
  void buffer(request).then((body) => {
    const { json, parts } = request.headers['content-type'] === frameMediaType ? decodeFrame(body) : { json: JSON.parse(body.toString()), parts: [] };
    received.push({ ...PredictorRequest.parse(json), parts });
    const { status, type, headers, body: text } = before.shift() ?? answer;
    response.writeHead(status, { 'content-type': type, ...headers }).end(text);
  });
});

let api: TestApi;
beforeAll(async () => {
  predictor.listen(0, '127.0.0.1');
  await once(predictor, 'listening');
  api = await startApi({ predictorUrls: [`http://127.0.0.1:${(predictor.address() as AddressInfo).port}`] });
});
afterAll(async () => {
  await api.close();
  predictor.close();
});

async function trained(kind: 'model' | 'weights' = 'model') {
  const ref = await runningJob(api);
  const id = newCheckpointId();
  const file = await storedCheckpoint(api, ref.jobId, id, 'h5');
  await addCheckpoint(api.scratch.database, ref, { id, filename: 'a.h5', epoch: 0, step: 1, kind, final: false, metrics: {}, ...file });
  return { url: `/v1/jobs/${ref.jobId}/predict`, id, key: file.key, ref };
}

const json = (body: unknown, status = 200) => (answer = { status, type: status === 200 ? 'application/json' : 'application/problem+json', body: JSON.stringify(body) });

test('rows go to the predictor with the very object, and come back with the checkpoint', async () => {
  const { url, id, key } = await trained();
  json({ outputs: [[0.1, 0.9]] });
  const response = await api.call({ method: 'POST', url, payload: { instances: [[1, 2, 3, 4]], outputs: 'classes', checkpoint: 'epoch-0' } });
  expect(response.json()).toEqual({ predictions: [[0.1, 0.9]], checkpoint: id });
  const arrays = [{ name: 'dense_1_input', dtype: 'float32', shape: [1, 4] }];
  expect(received.at(-1)).toMatchObject({ checkpoint: { id, key, kind: 'model', sha256: `sha-${id}` }, model: null, tensors: { arrays }, parts: [Buffer.from(Float32Array.of(1, 2, 3, 4).buffer)], outputs: 'classes', accept: 'json' });
});

test('a checkpoint of weights alone travels with the model', async () => {
  const { url } = await trained('weights');
  json({ outputs: { dense_2: [[1]] } });
  expect((await api.call({ method: 'POST', url, payload: { inputs: { dense_1_input: [[1, 2, 3, 4]] } } })).json()).toMatchObject({ outputs: { dense_2: [[1]] } });
  expect(JSON.parse(received.at(-1)!.model!)).toMatchObject({ class_name: 'Sequential' });
});

test('raw rows travel with the object that tells how the job reads its rows', async () => {
  const { url, ref } = await trained();
  const payload = { raw: true, instances: [{ bill_length: 39.1, island: 'Biscoe' }] };
  const refused = (await api.call({ method: 'POST', url, payload })).json();
  expect(refused).toMatchObject({ status: 422, errors: [{ pointer: '/raw', code: 'invalid_value', detail: expect.stringMatching(/has not kept how its rows are read; leave out raw/) }] });
  await settleData(api.scratch.database, ref, 'projects/p/jobs/j/data-1.json');
  json({ outputs: [[0.5]] });
  expect((await api.call({ method: 'POST', url, payload })).json()).toMatchObject({ predictions: [[0.5]] });
  expect(received.at(-1)).toMatchObject({ raw: { data_key: 'projects/p/jobs/j/data-1.json' }, tensors: { instances: payload.instances } });
  await api.call({ method: 'POST', url, payload: { instances: [[1, 2, 3, 4]] } });
  expect(received.at(-1)?.raw).toBeNull();
});

test('npz goes in and comes out', async () => {
  const { url, id } = await trained();
  answer = { status: 200, type: npzMediaType, body: 'npz out' };
  const response = await api.call({ method: 'POST', url: `${url}?layers=dense_1&batch_size=7`, headers: { 'content-type': npzMediaType, accept: npzMediaType }, payload: Buffer.from('npz in') });
  expect(response.headers['content-type']).toBe(npzMediaType);
  expect(response.headers['x-trainyard-checkpoint']).toBe(id);
  expect(response.body).toBe('npz out');
  expect(received.at(-1)).toMatchObject({ tensors: { npz: true }, parts: [Buffer.from('npz in')], layers: ['dense_1'], batch_size: 7, accept: 'npz' });
});

test('the largest classes travel with what tells their names, and a deadline with what is left of it', async () => {
  const { url, ref } = await trained();
  await settleData(api.scratch.database, ref, 'projects/p/jobs/j/data-1.json');
  json({ outputs: [[{ index: 1, score: 0.9, class: 'cat' }]] });
  const payload = { instances: [[1, 2, 3, 4]], top_k: 1, deadline_ms: 5_000 };
  expect((await api.call({ method: 'POST', url, payload })).json()).toMatchObject({ predictions: [[{ index: 1, score: 0.9, class: 'cat' }]] });
  expect(received.at(-1)).toMatchObject({ top_k: 1, classes: { data_key: 'projects/p/jobs/j/data-1.json' } });
  expect(received.at(-1)!.deadline_ms).toBeGreaterThan(1_000);
  expect(received.at(-1)!.deadline_ms).toBeLessThanOrEqual(5_000);
  await api.call({ method: 'POST', url: `${url}?top_k=3&deadline_ms=2000`, payload });
  expect(received.at(-1)).toMatchObject({ top_k: 3 });
  expect(received.at(-1)!.deadline_ms).toBeLessThanOrEqual(2_000);
  for (const wrong of [{ top_k: 0 }, { deadline_ms: 600_001 }]) expect((await api.call({ method: 'POST', url, payload: { ...payload, ...wrong } })).statusCode).toBe(422);
});

test("the predictor's problems are handed on", async () => {
  const { url } = await trained();
  const errors = [{ pointer: '/instances/0', code: 'invalid_value', detail: 'expected 4 numbers, received 3' }];
  json({ type: 't', title: 't', status: 422, detail: 'wrong', instance: '/predict', code: 'data_invalid', request_id: 'r', retryable: false, errors, error: 'wrong' }, 422);
  expect((await api.call({ method: 'POST', url, payload: { instances: [[1, 2, 3, 4]] } })).json()).toMatchObject({ status: 422, code: 'data_invalid', errors, instance: url });
});

test('what is wrong with the body or the ref is told without a predictor', async () => {
  const { url } = await trained();
  expect((await api.call({ method: 'POST', url, payload: { rows: [] } })).json()).toMatchObject({ status: 422 });
  expect((await api.call({ method: 'POST', url, payload: { instances: [[1, 2, 3, 4]], checkpoint: 'best' } })).json()).toMatchObject({ status: 404, detail: expect.stringContaining('it has a.h5') });
});

test('so is when to come back', async () => {
  const { url } = await trained();
  answer = { status: 429, type: 'application/problem+json', body: JSON.stringify({ type: 't', title: 't', status: 429, detail: 'full', instance: '/predict', code: 'overloaded', request_id: 'r', retryable: true, errors: [], error: 'full' }), headers: { 'retry-after': '3' } };
  const response = await api.call({ method: 'POST', url, payload: { instances: [[1, 2, 3, 4]] } });
  expect(response.json()).toMatchObject({ status: 429, code: 'overloaded', retryable: true });
  expect(response.headers['retry-after']).toBe('3');
});

test('what answers and is no predictor is none', async () => {
  const { url } = await trained();
  for (const other of [{ status: 502, type: 'text/html', body: '<h1>Bad Gateway</h1>' }, { status: 200, type: 'application/json', body: '{"hello": 1}' }, { status: 200, type: 'application/json', body: '{"outputs": 1}' }]) {
    answer = other;
    expect((await api.call({ method: 'POST', url, payload: { instances: [[1, 2, 3, 4]] } })).json()).toMatchObject({ status: 503, code: 'predictor_unavailable' });
  }
});

test('a checkpoint that was asked for is known for five seconds, a key that predicts too', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const { url, ref } = await trained();
    const { database } = api.scratch;
    const headers = await api.keyHeaders(['predict']);
    const predict = async () => (await api.app.inject({ method: 'POST', url, payload: { instances: [[1, 2, 3, 4]] }, headers })).statusCode;
    json({ outputs: [[1]] });
    expect(await predict()).toBe(200);
    await addCheckpoint(database, ref, { ...(await storedCheckpoint(api, ref.jobId, newCheckpointId(), 'h5')), id: newCheckpointId(), filename: 'b.h5', epoch: 1, step: 2, kind: 'model', final: false, metrics: {} });
    const key = (await listKeys(database, api.projectId)).find(({ scopes }) => scopes.includes('predict'))!;
    await deleteKey(database, api.projectId, key.id);
    const before = received.at(-1)!.checkpoint.id;
    expect(await predict()).toBe(200);
    expect(received.at(-1)!.checkpoint.id).toBe(before);
    expect((await api.app.inject({ url: '/v1/jobs', headers })).statusCode).toBe(401);
    vi.advanceTimersByTime(5_001);
    expect(await predict()).toBe(401);
    const again = await api.keyHeaders(['predict']);
    await api.app.inject({ method: 'POST', url, payload: { instances: [[1, 2, 3, 4]] }, headers: again });
    expect(received.at(-1)!.checkpoint.id).not.toBe(before);
  } finally {
    vi.useRealTimers();
  }
});

test('where the file is gone, what the ref means now is asked', async () => {
  const { url, id, ref } = await trained();
  const problem = (code: string, status: number): StubAnswer => ({ status, type: 'application/problem+json', body: JSON.stringify({ type: 't', title: 't', status, detail: 'gone', instance: '/predict', code, request_id: 'r', retryable: false, errors: [], error: 'gone' }) });
  json({ outputs: [[1]] });
  const predict = async () => (await api.call({ method: 'POST', url, payload: { instances: [[1, 2, 3, 4]], checkpoint: 'latest' } })).json();
  expect(await predict()).toMatchObject({ checkpoint: id });
  before.push(problem('not_found', 404));
  expect(await predict()).toMatchObject({ status: 404, code: 'not_found' });
  const newer = newCheckpointId();
  await addCheckpoint(api.scratch.database, ref, { ...(await storedCheckpoint(api, ref.jobId, newer, 'h5')), id: newer, filename: 'b.h5', epoch: 1, step: 2, kind: 'model', final: false, metrics: {} });
  before.push(problem('not_found', 404));
  expect(await predict()).toEqual({ predictions: [[1]], checkpoint: newer });
});

test('without a predictor the answer is 503', async () => {
  for (const predictorUrls of [[], [`http://127.0.0.1:${await closedPort()}`]]) {
    const own = await startApi({ predictorUrls });
    const ref = await runningJob(own);
    const id = newCheckpointId();
    await addCheckpoint(own.scratch.database, ref, { id, filename: 'a.h5', epoch: 0, step: 1, kind: 'model', final: true, metrics: {}, bytes: 1, sha256: 'x', key: 'k' });
    const response = await own.call({ method: 'POST', url: `/v1/jobs/${ref.jobId}/predict`, payload: { instances: [[1, 2, 3, 4]] } });
    expect(response.json()).toMatchObject({ status: 503, code: 'predictor_unavailable', retryable: true });
    expect(response.headers['retry-after']).toBeDefined();
    await own.close();
  }
});

import { startApi, jobBody, model, runningJob, storedCheckpoint, type TestApi } from '@trainyard/api/testing';
import { ApiProblem, Client, ConnectionError, type StreamItem } from '@trainyard/client';
import { addCheckpoint, appendEvents, claimJob, endAttempt, recordEpoch, recordSteps, renewLease } from '@trainyard/database';
import { newCheckpointId } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTcpProxy } from '../support/tcp-proxy.js';

let api: TestApi;
let client: Client;
let apiKey: string;
let base: URL;

beforeAll(async () => {
  api = await startApi();
  base = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
  apiKey = api.headers.authorization.replace('Bearer ', '');
  client = new Client({ url: base.href, apiKey });
});
afterAll(() => api.close());

const progress = { epoch: 0, epochs: 3, step: 5, steps_per_epoch: 10, fraction: 0.1, eta_s: null };
const log = (message: string) => ({ type: 'log' as const, data: { level: 'info' as const, message } });
const textOf = (stream: ReadableStream<Uint8Array>) => new Response(stream).text();

test('jobs: created, found, listed, stopped, retried, deleted', async () => {
  const metadata = { suite: 'client' };
  const job = await client.jobs.create({ ...jobBody, metadata });
  expect(job).toMatchObject({ status: 'queued', name: 'iris' });
  expect((await client.jobs.get(job.id)).id).toBe(job.id);
  expect((await client.jobs.list({ metadata, status: ['queued'], name: 'IRI' })).data.map(({ id }) => id)).toEqual([job.id]);
  expect((await client.jobs.list({ metadata, name: 'rose' })).data).toEqual([]);
  const ids: string[] = [];
  for await (const { id } of client.jobs.all({ limit: 1, metadata })) ids.push(id);
  expect(ids).toEqual([job.id]);
  expect((await client.jobs.cancel(job.id)).status).toBe('cancelled');
  expect((await client.jobs.retry(job.id)).status).toBe('queued');
  await claimJob(api.scratch.database, { job: job.id, attempt: 1 }, { worker: 'w', leaseMs: 60_000 });
  expect((await client.jobs.stop(job.id)).intent).toBe('stop');
  const finished = client.jobs.finished(job.id);
  await endAttempt(api.scratch.database, { jobId: job.id, attempt: 1 }, { status: 'succeeded', stopReason: 'user_stop' });
  expect((await finished).stop_reason).toBe('user_stop');
  await client.jobs.delete(job.id);
  await expect(client.jobs.get(job.id)).rejects.toMatchObject({ name: 'ApiProblem', status: 404, code: 'not_found' });
});

test('a problem tells the places that are wrong', async () => {
  const refused = client.jobs.create({ ...jobBody, fit: { epochs: 'x' } });
  await expect(refused).rejects.toBeInstanceOf(ApiProblem);
  await expect(refused).rejects.toMatchObject({ errors: [{ pointer: '/fit/epochs' }] });
  expect(await client.validate({ model })).toMatchObject({ valid: true, total_params: 67 });
});

test('results: history, logs, checkpoints and their files, the model', async () => {
  const ref = await runningJob(api);
  const { database } = api.scratch;
  await recordEpoch(database, ref, { epoch: 0, step: 10, metrics: { loss: NaN }, progress });
  await appendEvents(database, ref, [log('hello')]);
  const id = newCheckpointId();
  const file = await storedCheckpoint(api, ref.jobId, id, '0123456789');
  await addCheckpoint(database, ref, { id, filename: 'é 1.h5', epoch: 0, step: 10, kind: 'model', final: false, metrics: {}, ...file });

  expect((await client.jobs.history(ref.jobId)).history).toEqual({ loss: ['NaN'] });
  expect((await client.jobs.logs(ref.jobId)).data).toMatchObject([{ message: 'hello' }]);
  expect((await client.jobs.metrics(ref.jobId)).step).toEqual([]);
  await recordSteps(database, ref, [1, 2, 3, 4].map((step) => ({ step, epoch: 0, metrics: { loss: 1 / step, acc: 0 } })));
  expect(await client.jobs.metrics(ref.jobId, { fromStep: 2, toStep: 3, keys: ['loss'] })).toEqual({ step: [2, 3], epoch: [0, 0], metrics: { loss: [1 / 2, 1 / 3] } });
  expect(await client.jobs.resources(ref.jobId)).toEqual({ object: 'list', data: [] });
  expect((await client.jobs.checkpoints(ref.jobId)).data).toMatchObject([{ id, labels: ['latest'] }]);
  const whole = await client.jobs.downloadCheckpoint(ref.jobId, 'é 1.h5');
  expect(whole).toMatchObject({ filename: 'é 1.h5', bytes: 10, etag: file.sha256 });
  expect(await textOf(whole.body)).toBe('0123456789');
  expect(await textOf((await client.jobs.downloadCheckpoint(ref.jobId, 'latest', { from: 7 })).body)).toBe('789');
  expect(JSON.parse(await client.jobs.model(ref.jobId))).toEqual(model);
  expect(await client.jobs.model(ref.jobId, 'summary')).toContain('Total params: 67');
  expect((await client.jobs.layers(ref.jobId)).map(({ name }) => name)).toEqual(['dense_1', 'dense_2']);
  expect((await client.jobs.tensorboard(ref.jobId)).data).toEqual([]);
  await expect(client.jobs.predict(ref.jobId, { instances: [[1, 2, 3, 4]] })).rejects.toMatchObject({ code: 'predictor_unavailable' });
});

describe('files', () => {
  test('are streamed up with progress, listed, fetched and deleted', async () => {
    const size = 3 * 2 ** 20;
    const seen: number[] = [];
    async function* body() {
      for (let sent = 0; sent < size; sent += 2 ** 18) yield new Uint8Array(2 ** 18).fill(7);
    }
    const stored = await client.files.put('up/ä 1.bin', body(), { onProgress: (bytes) => seen.push(bytes) });
    expect(stored).toMatchObject({ bytes: size, uri: 'files/up/ä 1.bin' });
    expect(seen.at(-1)).toBe(size);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const paths: string[] = [];
    for await (const { path } of client.files.all('up/')) paths.push(path);
    expect(paths).toEqual(['up/ä 1.bin']);
    const download = await client.files.get('up/ä 1.bin');
    expect(download.filename).toBe('ä 1.bin');
    expect((await new Response(download.body).arrayBuffer()).byteLength).toBe(size);
    await client.files.delete('up/ä 1.bin');
    await expect(client.files.get('up/ä 1.bin')).rejects.toMatchObject({ status: 404 });
  });
});

test('models: set, moved, listed, described, rolled back, deleted', async () => {
  const ref = await runningJob(api);
  const checkpoints: string[] = [];
  for (const step of [1, 2]) {
    const id = newCheckpointId();
    const file = await storedCheckpoint(api, ref.jobId, id, 'h5');
    await addCheckpoint(api.scratch.database, ref, { id, filename: `s${step}.h5`, epoch: step, step, kind: 'model', final: false, metrics: {}, ...file });
    checkpoints.push(id);
    expect(await client.models.set('iris', { job: ref.jobId })).toMatchObject({ version: step, split: [{ checkpoint: id }] });
  }
  expect((await client.models.list()).data.map(({ name }) => name)).toEqual(['iris']);
  expect(await client.models.rollBack('iris')).toMatchObject({ version: 1, split: [{ checkpoint: checkpoints[0] }] });
  expect((await client.models.deleteVersion('iris', 2)).versions).toHaveLength(1);
  expect(await client.models.get(`${ref.jobId}@s2.h5`)).toMatchObject({ kind: 'job', version: 2 });
  expect((await client.models.signature('iris')).metadata.signature_def.signature_def).toHaveProperty('serving_default.inputs.dense_1_input');
  expect(await client.models.metadata('iris', { version: 1 })).toMatchObject({ versions: ['1'], inputs: [{ name: 'dense_1_input', shape: [-1, 4] }] });
  await expect(client.models.predict('iris', { instances: [[1, 2, 3, 4]] })).rejects.toMatchObject({ code: 'predictor_unavailable' });
  await expect(client.models.infer('iris', { inputs: { dense_1_input: { shape: [1, 3], data: new Float32Array(3) } } })).rejects.toMatchObject({ errors: [{ pointer: '/inputs/0/shape' }] });
  await client.models.delete('iris');
  await expect(client.models.get('iris')).rejects.toMatchObject({ status: 404 });
});

test('keys: a key made here works, until it is deleted', async () => {
  const made = await client.keys.create({ name: 'ci', scopes: ['read'] });
  const reader = new Client({ url: base.href, apiKey: made.key });
  await reader.jobs.list();
  await expect(reader.keys.list()).rejects.toMatchObject({ status: 403 });
  await client.keys.delete(made.id);
  await expect(reader.jobs.list()).rejects.toMatchObject({ status: 401 });
});

test('the state of each part, also while jobs cannot be taken', async () => {
  expect(await client.readiness()).toEqual({ status: 'degraded', parts: { database: 'ok', storage: 'ok', queue: 'ok', predictor: 'not_configured' }, predictors: [] });
  const parts = { database: 'unavailable', storage: 'ok', queue: 'ok', predictor: 'ok' };
  const away = new Client({ url: base.href, fetch: async () => Response.json({ status: 'unavailable', parts }, { status: 503 }) });
  expect(await away.readiness()).toEqual({ status: 'unavailable', parts });
});

test('a file is sent again when the connection breaks, unless its stream is used up', async () => {
  const network = await openTcpProxy(base.href);
  const remote = new Client({ url: network.url, apiKey });
  const part = new Uint8Array(2 ** 18).fill(7);
  let tries = 0;
  async function* body() {
    tries++;
    yield part;
    if (tries === 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await network.cut();
      await network.restore();
    }
    yield part;
  }
  const seen: number[] = [];
  expect(await remote.files.put('up/again.bin', body, { onProgress: (bytes) => seen.push(bytes) })).toMatchObject({ bytes: 2 * part.length });
  expect([tries, seen.at(-1)]).toEqual([2, 2 * part.length]);
  tries = 0;
  await expect(remote.files.put('up/once.bin', body())).rejects.toBeInstanceOf(ConnectionError);
  expect(tries).toBe(1);
  await network.cut();
});

test('events: none is missed and none comes twice, however often the connection breaks', async () => {
  const network = await openTcpProxy(base.href);
  const remote = new Client({ url: network.url, apiKey });
  const ref = await runningJob(api);
  const { database } = api.scratch;
  const items: StreamItem[] = [];
  for await (const item of remote.jobs.events(ref.jobId)) {
    items.push(item);
    const logs = items.filter(({ type }) => type === 'log').length;
    if (item.type === 'status' && item.data.status === 'running') await renewLease(database, ref, { leaseMs: 60_000, progress });
    else if (item.type === 'progress' && logs === 0) await appendEvents(database, ref, [log('first')]);
    else if (item.type === 'log' && logs < 4) {
      await network.cut();
      await network.restore();
      await appendEvents(database, ref, [log(`after break ${logs}`)]);
    } else if (item.type === 'log') await endAttempt(database, ref, { status: 'cancelled' });
  }
  const numbers = items.flatMap((item) => (item.type === 'progress' ? [] : [item.seq]));
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(items.at(-1)).toMatchObject({ type: 'status', data: { status: 'cancelled' } });
  await network.cut();
});

test('events of a job that has ended end at once, from any place', async () => {
  const ref = await runningJob(api);
  await endAttempt(api.scratch.database, ref, { status: 'cancelled' });
  const items: StreamItem[] = [];
  for await (const item of client.jobs.events(ref.jobId, { after: 3 })) items.push(item);
  expect(items).toEqual([]);
});

test('a signal ends waiting', async () => {
  const ref = await runningJob(api);
  const controller = new AbortController();
  const following = (async () => {
    for await (const item of client.jobs.events(ref.jobId, { signal: controller.signal })) if (item.type === 'status' && item.data.status === 'running') controller.abort(new Error('enough'));
  })();
  await expect(following).rejects.toThrow('enough');
});

test('a server that is away is told as such', async () => {
  const network = await openTcpProxy(base.href);
  await network.cut();
  await expect(new Client({ url: network.url }).jobs.list()).rejects.toBeInstanceOf(ConnectionError);
});

import { readFile } from 'node:fs/promises';
import { addCheckpoint, appendEvents, endAttempt, listCheckpoints, recordEpoch, recordSteps, renewLease } from '@trainyard/database';
import { parseModel, parseModelYaml } from '@trainyard/keras-format';
import { newCheckpointId } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../testing/api.js';
import { createdJob, runningJob, storedCheckpoint } from '../../../testing/attempt.js';
import { jobBody, model } from '../../../testing/examples.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const get = (url: string, headers: Record<string, string> = {}) => api.call({ method: 'GET', url, headers });
const post = (url: string, payload?: object) => api.call({ method: 'POST', url, ...(payload === undefined ? {} : { payload }) });
const progress = { epoch: 1, epochs: 3, step: 10, steps_per_epoch: 10, fraction: 0.33, eta_s: 4 };

describe('the list', () => {
  test('pages, newest first, by status and metadata', async () => {
    const ids: string[] = [];
    for (const page of ['1', '2', '3']) ids.push(await createdJob(api, { ...jobBody, metadata: { list: 'yes', page } }));
    const first = (await get('/v1/jobs?metadata[list]=yes&limit=2')).json();
    expect(first).toMatchObject({ object: 'list', first_id: ids[2], last_id: ids[1], has_more: true });
    const second = (await get(`/v1/jobs?metadata[list]=yes&limit=2&after=${first.last_id}`)).json();
    expect(second.data.map(({ id }: { id: string }) => id)).toEqual([ids[0]]);
    expect(second.has_more).toBe(false);
    await post(`/v1/jobs/${ids[0]}/cancel`);
    const cancelled = (await get('/v1/jobs?metadata[list]=yes&status=cancelled&status=failed')).json();
    expect(cancelled.data.map(({ id }: { id: string }) => id)).toEqual([ids[0]]);
  });

  test('jobs whose name contains something', async () => {
    const named = async (name: string) => (await get(`/v1/jobs?name=${encodeURIComponent(name)}`)).json().data.map((job: { name: string }) => job.name);
    for (const name of ['Vision-100%', 'vision_2', 'speech']) await createdJob(api, { ...jobBody, name });
    expect(await named('VISION')).toEqual(['vision_2', 'Vision-100%']);
    expect(await named('0%')).toEqual(['Vision-100%']);
    expect(await named('n_')).toEqual(['vision_2']);
  });

  test.each([
    ['/v1/jobs?limit=0', 'limit'],
    ['/v1/jobs?status=lost', 'status'],
    ['/v1/jobs?colour=red', 'colour'],
    ['/v1/jobs?after=x', 'after'],
  ])('refuses %s', async (url, pointer) => {
    expect((await get(url)).json()).toMatchObject({ status: 400, code: 'invalid_parameter', errors: [{ pointer }] });
  });
});

describe('one job', () => {
  test('has an ETag', async () => {
    const id = await createdJob(api);
    await endAttempt(api.scratch.database, await claimed(id), { status: 'cancelled' });
    const first = await get(`/v1/jobs/${id}`);
    const again = await get(`/v1/jobs/${id}`, { 'if-none-match': first.headers.etag as string });
    expect(again.statusCode).toBe(304);
    expect(again.body).toBe('');
  });

  test('is waited for until its status changes', async () => {
    const ref = await runningJob(api);
    const waiting = get(`/v1/jobs/${ref.jobId}?wait=30`);
    await endAttempt(api.scratch.database, ref, { status: 'succeeded', stopReason: 'completed' });
    expect((await waiting).json()).toMatchObject({ status: 'succeeded', stop_reason: 'completed' });
    expect((await get(`/v1/jobs/${ref.jobId}?wait=30`)).json().status).toBe('succeeded'); // has ended: nothing to wait for
  });

  test('is waited for no longer than asked', async () => {
    const id = await createdJob(api);
    expect((await get(`/v1/jobs/${id}?wait=0.1`)).json().status).toBe('queued');
  });

  test("of another project, or with an id that is none, is not there", async () => {
    const id = await createdJob(api);
    const others = await api.keyHeaders(['admin'], 'other');
    expect((await get(`/v1/jobs/${id}`, others)).json()).toMatchObject({ status: 404, code: 'not_found' });
    for (const bad of ['job_x', '..%2F..', 'a'.repeat(2000)]) expect((await get(`/v1/jobs/${bad}`)).statusCode).toBe(404);
  });

  async function claimed(jobId: string) {
    const { claimJob } = await import('@trainyard/database');
    await claimJob(api.scratch.database, { job: jobId, attempt: 1 }, { worker: 'w', leaseMs: 60_000 });
    return { jobId, attempt: 1 };
  }
});

describe('actions', () => {
  test('cancel: of a queued job at once; of a running one as an intent; of one that has ended not at all', async () => {
    const id = await createdJob(api);
    expect((await post(`/v1/jobs/${id}/cancel`)).json()).toMatchObject({ status: 'cancelled' });
    expect((await post(`/v1/jobs/${id}/cancel`)).json()).toMatchObject({ status: 409, code: 'wrong_status' });
    const { jobId } = await runningJob(api);
    expect((await post(`/v1/jobs/${jobId}/cancel`, {})).json()).toMatchObject({ status: 'running', intent: 'cancel' });
    expect((await post(`/v1/jobs/${jobId}/cancel`, { mode: 'kill' })).json()).toMatchObject({ intent: 'kill' });
    expect((await post(`/v1/jobs/${jobId}/cancel`, { mode: 'softly' })).json()).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/mode' }] });
  });

  test('stop: of a running job', async () => {
    const { jobId } = await runningJob(api);
    expect((await post(`/v1/jobs/${jobId}/stop`)).json()).toMatchObject({ intent: 'stop' });
    expect((await post(`/v1/jobs/${await createdJob(api)}/stop`)).statusCode).toBe(409);
  });

  test('retry: of a job that has failed or was cancelled', async () => {
    const id = await createdJob(api);
    expect((await post(`/v1/jobs/${id}/retry`)).statusCode).toBe(409);
    await post(`/v1/jobs/${id}/cancel`);
    const response = await post(`/v1/jobs/${id}/retry`);
    expect(response.statusCode).toBe(202);
    expect(response.json()).toMatchObject({ status: 'queued', queue_position: expect.any(Number) });
  });

  test('delete: the row and the objects of a job that has ended', async () => {
    const ref = await runningJob(api);
    const id = newCheckpointId();
    const { key } = await storedCheckpoint(api, ref.jobId, id, 'h5');
    const url = `/v1/jobs/${ref.jobId}`;
    expect((await api.call({ method: 'DELETE', url })).json()).toMatchObject({ status: 409 });
    await endAttempt(api.scratch.database, ref, { status: 'cancelled' });
    expect((await api.call({ method: 'DELETE', url })).json()).toEqual({ id: ref.jobId, object: 'job', deleted: true });
    expect(await api.store.stat(key)).toBeUndefined();
    expect((await get(url)).statusCode).toBe(404);
  });
});

describe('what another job works from', () => {
  test('is not deleted before that job has ended', async () => {
    const ref = await runningJob(api);
    const id = newCheckpointId();
    await addCheckpoint(api.scratch.database, ref, { id, filename: 'a.h5', epoch: 0, step: 1, kind: 'model', final: true, metrics: {}, ...(await storedCheckpoint(api, ref.jobId, id, 'h5')) });
    await endAttempt(api.scratch.database, ref, { status: 'succeeded', stopReason: 'completed' });
    const user = await createdJob(api, { ...jobBody, weights: { job: ref.jobId } });
    const url = `/v1/jobs/${ref.jobId}`;
    expect((await api.call({ method: 'DELETE', url })).json()).toMatchObject({ status: 409, code: 'in_use', detail: expect.stringContaining(user) });
    await post(`/v1/jobs/${user}/cancel`);
    expect((await api.call({ method: 'DELETE', url })).statusCode).toBe(200);
    expect((await post('/v1/jobs', { ...jobBody, weights: { job: ref.jobId } })).json()).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/weights/job' }] });
  });
});

describe('retention', () => {
  test('is what the job says, or else the operator', async () => {
    const own = await startApi({ retention: { keep_last_checkpoints: 5, delete_after_days: 30 } });
    const created = async (retention?: object) => (await own.call({ method: 'POST', url: '/v1/jobs', payload: { ...jobBody, retention } })).json();
    expect(await created()).toMatchObject({ retention: { keep_last_checkpoints: 5, delete_after_days: 30 }, expires_at: null });
    expect(await created({ delete_after_days: null, keep_last_checkpoints: 1 })).toMatchObject({ retention: { keep_last_checkpoints: 1, delete_after_days: null } });
    const { id } = await created({ delete_after_days: 2 });
    const cancelled = (await own.call({ method: 'POST', url: `/v1/jobs/${id}/cancel`, payload: {} })).json();
    expect(Date.parse(cancelled.expires_at) - Date.parse(cancelled.finished_at)).toBe(2 * 86_400_000);
    await own.close();
  });
});

describe('results', () => {
  test("history is Keras's, with NaN as text and gaps as null", async () => {
    const ref = await runningJob(api);
    await recordEpoch(api.scratch.database, ref, { epoch: 0, step: 10, metrics: { loss: 1, acc: 0.5 }, progress });
    await recordEpoch(api.scratch.database, ref, { epoch: 1, step: 20, metrics: { loss: NaN, acc: 0.6, lr: 0.1 }, progress });
    expect((await get(`/v1/jobs/${ref.jobId}/history`)).json()).toEqual({
      epoch: [0, 1],
      history: { loss: [1, 'NaN'], acc: [0.5, 0.6], lr: [null, 0.1] },
      params: {},
    });
    expect((await get(`/v1/jobs/${ref.jobId}`)).json()).toMatchObject({ progress, latest_metrics: { loss: 'NaN' } });
  });

  test('metrics by step keep their peaks when thinned out, and are all there as CSV', async () => {
    const ref = await runningJob(api);
    const steps = Array.from({ length: 2000 }, (_, index) => ({ step: index + 1, epoch: 0, metrics: { loss: index === 777 ? 99 : 1, acc: 0.5 } }));
    await recordSteps(api.scratch.database, ref, steps);
    const thin = (await get(`/v1/jobs/${ref.jobId}/metrics?keys=loss&max_points=50`)).json();
    expect(thin.step.length).toBeLessThanOrEqual(50);
    expect(thin.metrics.loss).toContain(99);
    expect(thin.step[0]).toBe(1);
    expect(thin.step.at(-1)).toBe(2000);
    const csv = await get(`/v1/jobs/${ref.jobId}/metrics`, { accept: 'text/csv' });
    const lines = csv.body.trimEnd().split('\r\n');
    expect(lines).toHaveLength(2001);
    expect(lines.slice(0, 2)).toEqual(['step,epoch,loss,acc', '1,0,1,0.5']);
    expect((await get(`/v1/jobs/${ref.jobId}/metrics?keys=speed`)).json()).toMatchObject({ status: 400, detail: 'keys: expected some of loss, acc, received "speed"' });
  });

  test('metrics of a range of steps, thinned out by themselves', async () => {
    const ref = await runningJob(api);
    const steps = Array.from({ length: 2000 }, (_, index) => ({ step: index + 1, epoch: 0, metrics: { loss: index === 1500 ? NaN : Math.sin(index / 3), acc: 0.5 } }));
    await recordSteps(api.scratch.database, ref, steps);
    const url = `/v1/jobs/${ref.jobId}/metrics`;
    expect((await get(`${url}?from_step=11&to_step=14`)).json().step).toEqual([11, 12, 13, 14]);
    expect((await get(`${url}?from_step=1999`)).json().step).toEqual([1999, 2000]);
    const thin = (await get(`${url}?keys=loss&from_step=1001&to_step=1900&max_points=60`)).json();
    expect([thin.step[0], thin.step.at(-1)]).toEqual([1001, 1900]);
    expect(thin.step.length).toBeGreaterThan(40);
    expect(thin.step.length).toBeLessThanOrEqual(60);
    expect(thin.metrics.loss[thin.step.indexOf(1501)]).toBe('NaN');
    expect((await get(`${url}?from_step=3000`)).json()).toEqual({ step: [], epoch: [], metrics: { loss: [], acc: [] } });
    expect((await get(`${url}?from_step=11&to_step=12`, { accept: 'text/csv' })).body.split('\r\n')).toHaveLength(4);
    expect((await get(`${url}?from_step=3&to_step=2`)).json()).toMatchObject({ status: 400, detail: 'to_step: expected at least from_step, received "2"' });
  });

  test('logs and events are listed by number', async () => {
    const ref = await runningJob(api);
    await appendEvents(api.scratch.database, ref, [{ type: 'log', data: { level: 'info', message: 'hello' } }]);
    expect((await get(`/v1/jobs/${ref.jobId}/logs`)).json().data).toMatchObject([{ level: 'info', message: 'hello', attempt: 1 }]);
    const events = (await get(`/v1/jobs/${ref.jobId}/events?after=1&limit=1`)).json();
    expect(events).toMatchObject({ first_id: '2', last_id: '2', has_more: true, data: [{ seq: 2, type: 'status', data: { status: 'running' } }] });
  });

  test('checkpoints have labels, and their files are served by every kind of ref', async () => {
    const ref = await runningJob(api);
    const ids = [newCheckpointId(), newCheckpointId()];
    for (const [epoch, id] of ids.entries()) {
      const file = await storedCheckpoint(api, ref.jobId, id, `content of ${epoch}`);
      const best = epoch === 0 ? { monitor: 'loss', value: 1, epoch, checkpoint: id } : undefined;
      await addCheckpoint(api.scratch.database, ref, { id, filename: `ep${epoch}-é.h5`, epoch, step: epoch + 1, kind: 'model', final: epoch === 1, metrics: { loss: 1 }, ...file }, best);
    }
    const list = (await get(`/v1/jobs/${ref.jobId}/checkpoints`)).json();
    expect(list.data.map(({ labels }: { labels: string[] }) => labels)).toEqual([['best'], ['latest', 'final']]);
    const refs: [string, number][] = [['best', 0], ['latest', 1], ['final', 1], ['epoch-0', 0], [ids[1]!, 1], [encodeURIComponent('ep0-é.h5'), 0]];
    for (const [name, epoch] of refs) expect((await get(`/v1/jobs/${ref.jobId}/checkpoints/${name}/content`)).body).toBe(`content of ${epoch}`);
    expect((await get(`/v1/jobs/${ref.jobId}/checkpoints/epoch-7/content`)).json()).toMatchObject({ status: 404 });
    expect(await listCheckpoints(api.scratch.database, ref.jobId)).toHaveLength(2);
  });

  test('tensorboard files are listed, served, and packed', async () => {
    const { jobId } = await runningJob(api);
    const prefix = `projects/${api.projectId}/jobs/${jobId}/tensorboard/`;
    const long = `validation/${'x'.repeat(120)}.v2`;
    await api.store.put(`${prefix}train/events.1`, Buffer.from('abc'));
    await api.store.put(prefix + long, Buffer.from('d'.repeat(600)));
    const list = (await get(`/v1/jobs/${jobId}/tensorboard`)).json();
    expect(list.data).toMatchObject([{ path: 'train/events.1', bytes: 3 }, { path: long, bytes: 600 }]);
    expect((await get(`/v1/jobs/${jobId}/tensorboard/train/events.1`)).body).toBe('abc');
    const archive = await get(`/v1/jobs/${jobId}/tensorboard?format=tar`);
    expect(archive.headers['content-type']).toBe('application/x-tar');
    expect(archive.rawPayload.length % 512).toBe(0);
    expect((await get(`/v1/jobs/${jobId}/tensorboard/..%2f..%2fx`)).statusCode).toBe(400);
  });

  test('the model: as to_json wrote it, its summary, its config, its layers', async () => {
    const id = await createdJob(api);
    const json = await get(`/v1/jobs/${id}/model`);
    expect(json.json()).toEqual(model);
    expect((await get(`/v1/jobs/${id}/model?format=config`)).json()).toEqual(model.config);
    const summary = await get(`/v1/jobs/${id}/model?format=summary`);
    expect(summary.headers['content-type']).toContain('text/plain');
    expect(summary.body).toContain('Total params: 67');
    const layers = (await get(`/v1/jobs/${id}/layers`)).json().data;
    expect(layers.map(({ name }: { name: string }) => name)).toEqual(['dense_1', 'dense_2']);
    for (const name of ['dense_2', '1']) {
      expect((await get(`/v1/jobs/${id}/layers/${name}`)).json()).toMatchObject({
        name: 'dense_2',
        class_name: 'Dense',
        weights: [{ name: 'dense_2/kernel:0', shape: [8, 3] }, { name: 'dense_2/bias:0', shape: [3] }],
        nodes: [{ input_shapes: [[null, 8]], output_shapes: [[null, 3]] }],
      });
    }
    expect((await get(`/v1/jobs/${id}/layers/lstm`)).json().detail).toContain('it has dense_1, dense_2');
  });

  test('a model of Keras 1 is told as it came, and as Keras 2 reads it', async () => {
    const golden = new URL('../../../../../../tests/golden/k1_keras122/', import.meta.url);
    const received = JSON.parse(await readFile(new URL('functional.json', golden), 'utf8'));
    const id = await createdJob(api, { ...jobBody, model: received, compile: { optimizer: 'sgd', loss: 'mse' }, data: { train: { uri: 'files/none.npz' } } });
    const model = `/v1/jobs/${id}/model`;
    expect((await get(model)).json()).toEqual(received);
    expect((await get(`${model}?keras=2`)).json().config.layers.map((layer: { class_name: string }) => layer.class_name)).toEqual(['InputLayer', 'InputLayer', 'LSTM', 'Concatenate', 'Dense', 'Add', 'Dense', 'Dense']);
    expect((await get(`${model}?keras=2&format=config`)).json()).toEqual((await get(`${model}?keras=2`)).json().config);
    const yaml = await get(`${model}?format=yaml`);
    expect(yaml.headers['content-type']).toContain('application/yaml');
    expect(parseModelYaml(yaml.body)).toMatchObject({ kerasVersion: '1.2.2', className: 'Model' });
    expect(parseModel((await get(`${model}?keras=3`)).body)).toMatchObject({ kerasVersion: expect.stringMatching(/^3/), className: 'Model' });
    expect((await get(`${model}?keras=4`)).statusCode).toBe(400);
    expect((await get(`${model}?format=summary`)).body).toContain('Connected to');
  });

  test('progress that comes with a lease is on the job', async () => {
    const ref = await runningJob(api);
    await renewLease(api.scratch.database, ref, { leaseMs: 1000, progress, latestMetrics: { loss: 3 } });
    expect((await get(`/v1/jobs/${ref.jobId}`)).json()).toMatchObject({ progress, latest_metrics: { loss: 3 } });
  });
});

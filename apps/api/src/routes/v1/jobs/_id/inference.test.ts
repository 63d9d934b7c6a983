import { addCheckpoint, claimJob, endAttempt, recordResult } from '@trainyard/database';
import { newCheckpointId } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../../testing/api.js';
import { createdJob, runningJob, storedCheckpoint } from '../../../../testing/attempt.js';
import { jobBody } from '../../../../testing/examples.js';

let api: TestApi;
let training: string;
beforeAll(async () => {
  api = await startApi();
  const source = { uri: 'files/train.csv', csv: { delimiter: ';' }, x: 'x', y: 'y', transforms: [{ split: { from: 0, to: 0.9 } }, { standardize: { column: 'x' } }] };
  const ref = await runningJob(api, { ...jobBody, data: { train: source } });
  training = ref.jobId;
  const id = newCheckpointId();
  await addCheckpoint(api.scratch.database, ref, { id, filename: 'best.h5', epoch: 0, step: 10, kind: 'model', final: false, metrics: {}, ...(await storedCheckpoint(api, training, id, 'h5')) });
});
afterAll(() => api.close());

const get = (url: string, headers: Record<string, string> = {}) => api.call({ method: 'GET', url, headers });
const post = (url: string, payload: object, headers: Record<string, string> = {}) => api.call({ method: 'POST', url, payload, headers });
const data = { uri: 'files/test.csv' };

describe('a checkpoint on a whole source', () => {
  test('makes a job of its own, which reads as the training does', async () => {
    const answer = await post(`/v1/jobs/${training}/evaluate`, { data, name: 'test', steps: 5 });
    expect(answer.statusCode).toBe(202);
    const job = answer.json();
    expect(answer.headers.location).toBe(`/v1/jobs/${job.id}`);
    expect(job).toMatchObject({
      ...{ kind: 'evaluate', status: 'queued', name: 'test', metrics: null, predictions: null, seed: null, data: null, fit: null, callbacks: [] },
      compile: { loss: 'categorical_crossentropy' },
      inference: { job: training, filename: 'best.h5', batch_size: 32, steps: 5, data: { uri: 'files/test.csv', csv: { delimiter: ';' }, x: 'x', y: 'y', transforms: [{ standardize: { column: 'x' } }] } },
    });
    expect((await get(`/v1/jobs/${job.id}`)).json()).toMatchObject({ id: job.id, kind: 'evaluate' });
    const listed = async (query: string) => (await get(`/v1/jobs?${query}`)).json().data.map(({ id }: { id: string }) => id);
    expect(await listed('kind=evaluate')).toEqual([job.id]);
    expect(await listed('kind=train')).toEqual([training]);
    expect(await listed('')).toEqual([job.id, training]);
    expect([await listed(`uses=${training}`), await listed(`uses=${training}&kind=predict`), await listed(`uses=${job.id}`)]).toEqual([[job.id], [], []]);
    expect((await post(`/v1/jobs/${job.id}/cancel`, {})).json()).toMatchObject({ status: 'cancelled' });
  });

  test('is answered once for one Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'test-1' };
    const [first, again] = [await post(`/v1/jobs/${training}/predictions`, { data }, key), await post(`/v1/jobs/${training}/predictions`, { data }, key)];
    expect(first.json()).toMatchObject({ kind: 'predict', compile: null });
    expect(again.json().id).toBe(first.json().id);
    expect((await post(`/v1/jobs/${training}/evaluate`, { data }, key)).json()).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
  });

  test('answers predictions once they are there, by range too', async () => {
    const { id } = (await post(`/v1/jobs/${training}/predictions`, { data })).json();
    const content = `/v1/jobs/${id}/predictions/content`;
    expect((await get(content)).json()).toMatchObject({ status: 404, detail: `${id} is queued, and has no predictions yet` });
    const ref = { jobId: id, attempt: 1 };
    await claimJob(api.scratch.database, { job: id, attempt: 1 }, { worker: 'test', leaseMs: 60_000 });
    const key = `projects/${api.projectId}/jobs/${id}/predictions/a.npz`;
    await api.store.put(key, Buffer.from('predictions'));
    await recordResult(api.scratch.database, ref, { kind: 'predict', key, bytes: 11, sha256: 'abc', arrays: [{ name: 'dense_2', dtype: 'float32', shape: [7, 3] }] });
    await endAttempt(api.scratch.database, ref, { status: 'succeeded', stopReason: 'completed' });
    expect((await get(`/v1/jobs/${id}`)).json()).toMatchObject({ status: 'succeeded', predictions: { bytes: 11, sha256: 'abc', arrays: [{ name: 'dense_2', shape: [7, 3] }] } });
    const whole = await get(content);
    expect([whole.body, whole.headers.etag, whole.headers['content-disposition']]).toEqual(['predictions', '"abc"', expect.stringContaining(`${id}.npz`)]);
    expect((await get(content, { range: 'bytes=3-5' })).body).toBe('dic');
    expect((await api.call({ method: 'DELETE', url: `/v1/jobs/${id}` })).statusCode).toBe(200);
    expect(await api.store.stat(key)).toBeUndefined();
  });
});

describe('what is wrong is told with its place', () => {
  test.each([
    [{}, '/data', 'required'],
    [{ data, checkpoint: 'epoch-7' }, '/checkpoint', 'not_found'],
    [{ data: { uri: 'files/a.csv', dataset: 'ds_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D' } }, '/data/uri', 'invalid_value'],
    [{ data: { dataset: 'ds_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D' } }, '/data/dataset', 'not_found'],
    [{ data: { uri: 'files/a.csv', x: { other: 'x' } } }, '/data/x/other', 'data_invalid'],
    [{ data: { uri: ['files/a.csv', 'files/b.npz'] } }, '/data/uri', 'data_invalid'],
    [{ data, batch_size: 0 }, '/batch_size', 'out_of_range'],
    [{ data, limits: { max_runtime_s: 5 } }, '/limits/max_runtime_s', 'unknown_field'],
  ])('%j', async (body, pointer, code) => {
    for (const action of ['evaluate', 'predictions']) {
      expect((await post(`/v1/jobs/${training}/${action}`, body)).json()).toMatchObject({ status: 422, errors: [{ pointer, code }] });
    }
  });

  test('a job without a checkpoint, and one of another kind', async () => {
    const waiting = await createdJob(api);
    expect((await post(`/v1/jobs/${waiting}/evaluate`, { data })).json()).toMatchObject({ status: 404, detail: `${waiting} has no checkpoint yet` });
    const { id } = (await post(`/v1/jobs/${training}/evaluate`, { data })).json();
    const wrong = { status: 404, detail: `${id} is a job of kind "evaluate"; expected one of kind "train"` };
    for (const action of ['evaluate', 'predictions', 'stop', 'continue']) expect((await post(`/v1/jobs/${id}/${action}`, action === 'stop' ? {} : action === 'continue' ? { epochs: 3 } : { data })).json()).toMatchObject(wrong);
    for (const what of ['history', 'checkpoints', 'model', 'layers', 'metrics', 'tensorboard']) expect((await get(`/v1/jobs/${id}/${what}`)).json()).toMatchObject(wrong);
    expect((await get(`/v1/jobs/${id}/predictions/content`)).json()).toMatchObject({ status: 404, detail: `${id} is a job of kind "evaluate"; expected one of kind "predict"` });
    expect((await post('/v1/jobs', { ...jobBody, model: { job: id } })).json()).toMatchObject({ status: 422, errors: [{ pointer: '/model/job', code: 'not_found' }] });
    const reader = await api.keyHeaders(['read', 'predict']);
    expect((await post(`/v1/jobs/${training}/evaluate`, { data }, reader)).statusCode).toBe(403);
  });
});

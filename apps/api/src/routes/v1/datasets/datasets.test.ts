import { claimJob, endAttempt, recordScan } from '@trainyard/database';
import type { DatasetResource, DatasetScan } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../testing/api.js';
import { jobBody } from '../../../testing/examples.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const body = { name: 'iris', metadata: { team: 'botany' }, source: { uri: 'files/iris.npz', x: 'x', y: 'y', transforms: [{ to_categorical: { column: 'y', num_classes: 3 } }] } };
const post = (payload: object, headers = {}) => api.call({ method: 'POST', url: '/v1/datasets', payload, headers });
const get = async (id: string) => (await api.call({ method: 'GET', url: `/v1/datasets/${id}` })).json<DatasetResource>();

const column = { kind: 'numbers', dtype: 'float32', missing: 0, numbers: null, lengths: null, classes: null } as const;
const scan: DatasetScan = { format: 'npz', shards: 1, bytes: 10, rows: 4, columns: [{ ...column, name: 'x', shape: [4] }, { ...column, name: 'y', shape: [] }], first_rows: [] };

/** The job that scans a dataset, which users do not see. */
async function jobOf(id: string): Promise<string> {
  const { rows } = await api.scratch.sql.query<{ job_id: string }>('SELECT job_id FROM datasets WHERE id = $1', [id]);
  return rows[0]?.job_id ?? '';
}

/** Plays the worker. */
async function scanned(payload: object = body): Promise<string> {
  const { id } = (await post(payload)).json<DatasetResource>();
  const { database } = api.scratch;
  const ref = { jobId: await jobOf(id), attempt: 1 };
  await claimJob(database, { job: ref.jobId, attempt: 1 }, { worker: 'w', leaseMs: 60_000 });
  await recordScan(database, ref, { scan, stateKey: `projects/${api.projectId}/datasets/${id}/state-1.json` });
  await endAttempt(database, ref, { status: 'succeeded', stopReason: 'completed' });
  return id;
}

test('a dataset is scanned by a worker, and then ready', async () => {
  const answer = await post(body);
  expect(answer.statusCode).toBe(202);
  const made = answer.json<DatasetResource>();
  expect(answer.headers.location).toBe(`/v1/datasets/${made.id}`);
  expect(made).toMatchObject({ object: 'dataset', name: 'iris', metadata: { team: 'botany' }, status: 'scanning', source: body.source, scan: null, error: null, scanned_at: null });
  const id = await scanned();
  const ready = await get(id);
  expect(ready).toMatchObject({ status: 'ready', scan });
  expect(ready.scanned_at).not.toBeNull();
});

test('a scan that fails says why', async () => {
  const { id } = (await post(body)).json<DatasetResource>();
  const ref = { jobId: await jobOf(id), attempt: 1 };
  await claimJob(api.scratch.database, { job: ref.jobId, attempt: 1 }, { worker: 'w', leaseMs: 60_000 });
  const error = { code: 'data_invalid', message: 'files/iris.npz: cut short', pointer: '/source', retryable: false } as const;
  await endAttempt(api.scratch.database, ref, { status: 'failed', error });
  expect(await get(id)).toMatchObject({ status: 'failed', scan: null, error });
  const refused = await api.call({ method: 'POST', url: '/v1/jobs', payload: { ...jobBody, data: { train: { dataset: id } } } });
  expect(refused.json()).toMatchObject({ status: 422, errors: [{ pointer: '/data/train/dataset', detail: expect.stringContaining('cut short') as string }] });
});

test('the job that scans is not among the jobs', async () => {
  const { id } = (await post(body)).json<DatasetResource>();
  const jobId = await jobOf(id);
  expect((await api.call({ method: 'GET', url: `/v1/jobs/${jobId}` })).statusCode).toBe(404);
  expect((await api.call({ method: 'GET', url: '/v1/jobs?limit=100' })).json<{ data: { id: string }[] }>().data.map((job) => job.id)).not.toContain(jobId);
});

test('datasets are listed, newest first, page by page', async () => {
  const made = [await scanned(), await scanned(), await scanned()].reverse();
  const page = (await api.call({ method: 'GET', url: '/v1/datasets?limit=2' })).json<{ data: DatasetResource[]; last_id: string; has_more: boolean }>();
  expect(page.data.map(({ id }) => id)).toEqual(made.slice(0, 2));
  expect(page.has_more).toBe(true);
  const next = (await api.call({ method: 'GET', url: `/v1/datasets?limit=1&after=${page.last_id}` })).json<{ data: DatasetResource[] }>();
  expect(next.data[0]?.id).toBe(made[2]);
});

test('one Idempotency-Key makes one dataset', async () => {
  const headers = { 'idempotency-key': 'dataset-1' };
  const first = (await post(body, headers)).json<DatasetResource>();
  expect((await post(body, headers)).json<DatasetResource>().id).toBe(first.id);
  expect((await post({ ...body, name: 'other' }, headers)).json()).toMatchObject({ code: 'idempotency_mismatch' });
});

test("another project's dataset is not there", async () => {
  const id = await scanned();
  const other = await api.keyHeaders(['admin'], 'another');
  expect((await api.app.inject({ method: 'GET', url: `/v1/datasets/${id}`, headers: other })).statusCode).toBe(404);
  expect((await api.app.inject({ method: 'DELETE', url: `/v1/datasets/${id}`, headers: other })).statusCode).toBe(404);
});

test('a dataset is deleted with the job that scans it', async () => {
  const { id } = (await post(body)).json<DatasetResource>();
  const jobId = await jobOf(id);
  expect((await api.call({ method: 'DELETE', url: `/v1/datasets/${id}` })).json()).toEqual({ id, object: 'dataset', deleted: true });
  expect((await api.call({ method: 'GET', url: `/v1/datasets/${id}` })).statusCode).toBe(404);
  expect((await api.scratch.sql.query('SELECT 1 FROM jobs WHERE id = $1', [jobId])).rowCount).toBe(0);
});

describe('what is wrong is told with its place', () => {
  test.each([
    ['a suffix that tells no format', { source: { uri: 'files/a.doc' } }, '/source/format'],
    ['no source', {}, '/source'],
    ['a URI that is none', { source: { uri: 'http://example.com/a.npz' } }, '/source/uri'],
    ['a field that does not exist', { ...body, sauce: {} }, '/sauce'],
  ])('%s', async (_, payload, pointer) => {
    const answer = await post(payload);
    expect(answer.statusCode).toBe(422);
    expect(answer.json<{ errors: { pointer: string }[] }>().errors.map((error) => error.pointer)).toContain(pointer);
  });
});

describe('a job that names a dataset', () => {
  const submit = (train: object) => api.call({ method: 'POST', url: '/v1/jobs', payload: { ...jobBody, data: { train } } });

  test('has its source', async () => {
    const id = await scanned();
    const job = (await submit({ dataset: id })).json<{ data: { train: object } }>();
    expect(job.data.train).toEqual({ ...body.source, dataset: id });
  });

  test('replaces what it says itself', async () => {
    const id = await scanned();
    const job = (await submit({ dataset: id, transforms: [] })).json<{ data: { train: object } }>();
    expect(job.data.train).toEqual({ ...body.source, transforms: [], dataset: id });
  });

  test('is refused while it is scanned, where there is none, and with a source beside it', async () => {
    const { id } = (await post(body)).json<DatasetResource>();
    const problems = await Promise.all([{ dataset: id }, { dataset: 'ds_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D' }, { dataset: id, uri: 'files/a.npz' }, {}].map(async (train) => (await submit(train)).json<{ status: number; errors: { pointer: string; detail: string }[] }>()));
    expect(problems.map(({ status, errors }) => [status, errors[0]?.pointer])).toEqual([
      [422, '/data/train/dataset'],
      [422, '/data/train/dataset'],
      [422, '/data/train/uri'],
      [422, '/data/train/uri'],
    ]);
    expect(problems[0]?.errors[0]?.detail).toContain('still being scanned');
  });
});

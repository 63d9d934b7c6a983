import { readFile } from 'node:fs/promises';
import { addCheckpoint, endAttempt } from '@trainyard/database';
import { readModelFile } from '@trainyard/keras-format';
import { newCheckpointId, newUlid, type ModelMetadata, type ModelResource } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildApp } from '../../../app.js';
import { ServedModels } from '../../../models/served-models.js';
import { startApi, type TestApi } from '../../../testing/api.js';
import { runningJob, storedCheckpoint } from '../../../testing/attempt.js';
import { jobBody, model } from '../../../testing/examples.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const golden = (name: string) => readFile(new URL(`../../../../../../tests/golden/${name}`, import.meta.url));
const newName = (): string => newUlid().toLowerCase();
const put = (name: string, payload: object) => api.call({ method: 'PUT', url: `/v1/models/${name}`, payload });
const get = async <T = ModelResource>(path: string): Promise<T> => (await api.call({ url: `/v1/models/${path}` })).json();

/** A job that has ended, with checkpoints at these steps, the last of which is its final one. */
async function trained(steps: readonly number[], body: object = jobBody): Promise<{ id: string; checkpoints: string[] }> {
  const ref = await runningJob(api, body);
  const checkpoints: string[] = [];
  for (const step of steps) {
    const id = newCheckpointId();
    const file = await storedCheckpoint(api, ref.jobId, id, 'h5');
    await addCheckpoint(api.scratch.database, ref, { id, filename: `s${step}.h5`, epoch: step, step, kind: 'model', final: step === steps.at(-1), metrics: {}, ...file });
    checkpoints.push(id);
  }
  await endAttempt(api.scratch.database, ref, { status: 'succeeded', stopReason: 'completed' });
  return { id: ref.jobId, checkpoints };
}

async function upload(path: string, content: Buffer): Promise<{ uri: string }> {
  await api.call({ method: 'PUT', url: `/v1/files/${path}`, payload: content, headers: { 'content-type': 'application/octet-stream' } });
  return { uri: `files/${path}` };
}

async function copies(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of api.store.list(`projects/${api.projectId}/models/`)) keys.push(key);
  return keys;
}

describe('an alias', () => {
  test('keeps to the very checkpoint that a ref meant, and tells so in TensorFlow Serving’s words too', async () => {
    const { id, checkpoints } = await trained([1, 2]);
    const name = newName();
    const made = await put(name, { job: id });
    expect({ status: made.statusCode, location: made.headers['location'] }).toEqual({ status: 201, location: `/v1/models/${name}` });
    expect(made.json()).toMatchObject({ object: 'model', name, kind: 'alias', version: 1, split: [{ job: id, checkpoint: checkpoints[1], filename: 's2.h5', uri: null, weight: 1 }], shadow: null, model_version_status: [{ version: '1', state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } }] });
    expect((await put(name, { job: id, checkpoint: 'final' })).json()).toEqual(made.json()); // it is the same
    const moved = await put(name, { job: id, checkpoint: 'epoch-1' });
    expect(moved.statusCode).toBe(200);
    expect(moved.json()).toMatchObject({ version: 2, split: [{ checkpoint: checkpoints[0] }], versions: [{ version: 2 }, { version: 1 }] });
    expect(await get(name)).toEqual(moved.json());
    expect(await get(`${name}/versions/1`)).toMatchObject({ version: 1, split: [{ checkpoint: checkpoints[1] }], model_version_status: [{ version: '1' }] });
  });

  test('splits by weight and has a shadow', async () => {
    const [one, two] = [await trained([1, 2]), await trained([1])];
    const name = newName();
    const { split, shadow } = (await put(name, { split: [{ job: one.id, weight: 9 }, { job: two.id, checkpoint: 'final', weight: 1 }], shadow: { job: one.id, checkpoint: 's1.h5' } })).json<ModelResource>();
    expect(split.map(({ checkpoint, weight }) => ({ checkpoint, weight }))).toEqual([{ checkpoint: one.checkpoints[1], weight: 9 }, { checkpoint: two.checkpoints[0], weight: 1 }]);
    expect(shadow).toMatchObject({ checkpoint: one.checkpoints[0], report: { asked: 0, different: 0, failed: 0, skipped: 0, max_difference: null } });
  });

  test('rolls back, is listed, loses versions, is deleted', async () => {
    const { id, checkpoints } = await trained([1, 2, 3]);
    const name = newName();
    for (const checkpoint of ['epoch-1', 'epoch-2', 'epoch-3']) await put(name, { job: id, checkpoint });
    const post = (payload: object) => api.call({ method: 'POST', url: `/v1/models/${name}/rollback`, payload });
    expect((await post({})).json()).toMatchObject({ version: 2, split: [{ checkpoint: checkpoints[1] }] });
    expect((await post({ version: 1 })).json()).toMatchObject({ version: 1, versions: [{ version: 3 }, { version: 2 }, { version: 1 }] });
    expect((await post({})).json()).toMatchObject({ status: 404, detail: `${name} has no version before 1, which answers; it has 3, 2, 1` });
    const { data } = (await api.call({ url: '/v1/models?limit=100' })).json<{ data: ModelResource[] }>();
    expect(data.find((one) => one.name === name)).toMatchObject({ version: 1 });
    const remove = (path: string) => api.call({ method: 'DELETE', url: `/v1/models/${path}` });
    expect((await remove(`${name}/versions/1`)).json()).toMatchObject({ status: 409, code: 'in_use' });
    expect((await remove(`${name}/versions/3`)).json()).toMatchObject({ versions: [{ version: 2 }, { version: 1 }] });
    expect((await remove(name)).json()).toEqual({ name, object: 'model', deleted: true });
    for (const path of [name, `${name}/versions/1`, `${name}/metadata`]) expect(await get(path)).toMatchObject({ status: 404, error: expect.stringContaining(name) });
  });

  test('keeps its job, and another project has none of it', async () => {
    const { id } = await trained([1]);
    const name = newName();
    await put(name, { job: id });
    const remove = () => api.call({ method: 'DELETE', url: `/v1/jobs/${id}` });
    expect((await remove()).json()).toMatchObject({ status: 409, code: 'in_use', detail: expect.stringContaining(name) });
    const headers = await api.keyHeaders(['admin'], 'other');
    for (const [method, path] of [['GET', name], ['DELETE', name], ['POST', `${name}/rollback`], ['GET', `${name}/metadata`], ['GET', `${id}/metadata`]] as const) {
      expect((await api.call({ method, url: `/v1/models/${path}`, headers, ...(method === 'POST' && { payload: {} }) })).statusCode).toBe(404);
    }
    expect((await api.call({ method: 'PUT', url: `/v1/models/${name}`, headers, payload: { job: id } })).json()).toMatchObject({ status: 422, errors: [{ pointer: '/job', code: 'not_found' }] });
    await api.call({ method: 'DELETE', url: `/v1/models/${name}` });
    expect((await remove()).statusCode).toBe(200);
  });

  test('needs a key that may train to be moved, and one that may predict to be asked', async () => {
    const { id } = await trained([1]);
    const name = newName();
    await put(name, { job: id });
    const status = async (scopes: ('read' | 'predict')[], method: 'GET' | 'PUT' | 'POST', path: string, payload?: object) =>
      (await api.call({ method, url: `/v1/models/${path}`, headers: await api.keyHeaders(scopes), ...(payload && { payload }) })).statusCode;
    expect(await status(['predict'], 'GET', `${name}/metadata`)).toBe(200);
    expect(await status(['read'], 'GET', name)).toBe(200);
    expect(await status(['read', 'predict'], 'PUT', name, { job: id })).toBe(403);
    expect(await status(['read'], 'POST', `${name}:predict`, { instances: [[1, 2, 3, 4]] })).toBe(403);
    expect(await status(['predict'], 'POST', `${name}:predict`, { instances: [[1, 2, 3, 4]] })).toBe(503); // there is no predictor here
  });
});

describe('what answers is remembered', () => {
  test('a moved alias is seen at once by the process that moved it, by others within five seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const other = await buildApp(api.deps);
    try {
      const { id, checkpoints } = await trained([1, 2]);
      const name = newName();
      const move = (checkpoint: string) => put(name, { job: id, checkpoint });
      await move('epoch-1');
      const models = new ServedModels(api.deps);
      const answering = async () => (await models.find({ projectId: api.projectId, name })).split.map(({ checkpointId }) => checkpointId);
      const version = async (app = api.app) => (await app.inject({ url: `/v1/models/${name}/metadata`, headers: api.headers })).json<ModelMetadata>().model_spec.version;
      expect([await version(), await version(other), await answering()]).toEqual(['1', '1', checkpoints.slice(0, 1)]);
      await move('epoch-2');
      expect([await version(), await version(other), await answering()]).toEqual(['2', '1', checkpoints.slice(0, 1)]);
      vi.advanceTimersByTime(5_001);
      expect([await version(other), await answering()]).toEqual(['2', checkpoints.slice(1)]);
      await api.call({ method: 'POST', url: `/v1/models/${name}/rollback`, payload: {} });
      expect(await version()).toBe('1');
      await api.call({ method: 'DELETE', url: `/v1/models/${name}` });
      expect(await get(`${name}/metadata`)).toMatchObject({ status: 404 });
    } finally {
      vi.useRealTimers();
      await other.close();
    }
  });
});

describe('a file that was trained elsewhere', () => {
  test.each(['c01_mlp_binary/whole_model.h5', 'c01_mlp_binary/model.keras', 'k1_keras122/conv1d.model.h5'])('%s is copied as a file of ours, without what training needs', async (file) => {
    const before = new Set(await copies());
    const name = newName();
    const { split } = (await put(name, await upload(`${name}/${file}`, await golden(file)))).json<ModelResource>();
    expect(split).toMatchObject([{ job: null, uri: `files/${name}/${file}`, filename: file.split('/')[1] }]);
    const [key] = (await copies()).filter((copy) => !before.has(copy));
    expect(key).toBe(`projects/${api.projectId}/models/${split[0]!.checkpoint}/model.h5`);
    const copy = await readModelFile(await api.store.read(key!));
    expect(copy.trainingConfig).toBeUndefined();
    expect(copy.layers.length).toBeGreaterThan(0);
    expect(await get(`${name}/metadata`)).toMatchObject({ model_spec: { name, version: '1' } });
    await api.call({ method: 'DELETE', url: `/v1/models/${name}` });
    expect(await copies()).toEqual([...before]);
  });

  test('that is sent again makes neither a version nor a copy', async () => {
    const name = newName();
    const source = await upload(`${name}.h5`, await golden('c01_mlp_binary/whole_model.h5'));
    await put(name, source);
    const before = await copies();
    expect((await put(name, source)).json()).toMatchObject({ version: 1 });
    expect(await copies()).toEqual(before);
  });
});

describe('is refused, with the place', () => {
  test.each<[string, string, object, object]>([
    ['a name of a job', 'job_x', {}, { status: 400, code: 'invalid_parameter', detail: expect.stringContaining('does not begin with "job_"') }],
    ['a name in capitals', 'Digits', {}, { status: 400, code: 'invalid_parameter' }],
    ['nothing', 'a', {}, { status: 422 }],
    ['a job that is not there', 'a', { job: 'job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D' }, { status: 422, errors: [{ pointer: '/job', code: 'not_found' }] }],
    ['a file that is not there', 'a', { split: [{ uri: 'files/none.h5', weight: 1 }] }, { status: 422, code: 'data_not_found', errors: [{ pointer: '/split/0/uri' }] }],
    ['a file elsewhere', 'a', { uri: 's3://bucket/m.h5' }, { status: 422, errors: [{ pointer: '/uri' }] }],
    ['a weight of nothing', 'a', { split: [{ uri: 'files/m.h5', weight: 0 }] }, { status: 422, errors: [{ pointer: '/split/0/weight' }] }],
    ['no target', 'a', { split: [] }, { status: 422, errors: [{ pointer: '/split' }] }],
  ])('%s', async (_, name, payload, problem) => {
    expect((await put(name, payload)).json()).toMatchObject(problem);
  });

  test('a file that is no model, weights alone, a checkpoint that is not there, targets that take other things', async () => {
    const name = newName();
    expect((await put(name, await upload(`${name}-text.h5`, Buffer.from('no model')))).json()).toMatchObject({ status: 422, code: 'model_invalid', errors: [{ pointer: '/uri' }] });
    expect((await put(name, await upload(`${name}-weights.h5`, await golden('c01_mlp_binary/final.weights.h5')))).json()).toMatchObject({ status: 422, errors: [{ pointer: '/uri', detail: expect.stringContaining('expected a whole model') }] });
    const { id } = await trained([1]);
    expect((await put(name, { job: id, checkpoint: 'best' })).json()).toMatchObject({ status: 422, errors: [{ pointer: '/checkpoint', code: 'not_found' }] });
    const wider = { ...model, config: [{ ...model.config[0], config: { ...model.config[0]!.config, batch_input_shape: [null, 5] } }, model.config[1]] };
    const other = await trained([1], { ...jobBody, model: wider });
    const refused = (await put(name, { job: id, shadow: { job: other.id } })).json();
    expect(refused).toMatchObject({ status: 422, errors: [{ pointer: '/shadow', detail: 'expected a model with the inputs of the first target, dense_1_input float32 [any, 4], received one with dense_1_input float32 [any, 5]' }] });
    expect((await put(name, { split: [{ job: id, weight: 1 }, { job: other.id, weight: 1 }] })).json()).toMatchObject({ errors: [{ pointer: '/split/1' }] });
    expect((await api.call({ url: `/v1/models/${name}` })).statusCode).toBe(404);
  });
});

describe('a job is a model', () => {
  test('whose versions are the steps of its checkpoints', async () => {
    const { id, checkpoints } = await trained([10, 20]);
    expect(await get(id)).toMatchObject({ name: id, kind: 'job', version: 20, split: [{ checkpoint: checkpoints[1] }], versions: [{ version: 20 }, { version: 10 }] });
    expect(await get(`${id}@epoch-10`)).toMatchObject({ version: 10, versions: [{ version: 10 }] });
    expect(await get(`${id}/versions/10`)).toMatchObject({ split: [{ checkpoint: checkpoints[0] }] });
    expect(await get(`${id}/versions/11/metadata`)).toMatchObject({ status: 404, detail: `${id} has no version 11` });
    expect(await get(`${id}@best`)).toMatchObject({ status: 404 });
  });

  test('with its signature in the words of both protocols', async () => {
    const { id } = await trained([1]);
    const tensor = (name: string, size: string) => ({ name: `${name}:0`, dtype: 'DT_FLOAT', tensor_shape: { dim: [{ size: '-1', name: '' }, { size, name: '' }], unknown_rank: false } });
    expect(await get(`${id}/metadata`)).toEqual({
      model_spec: { name: id, signature_name: '', version: '1' },
      metadata: { signature_def: { signature_def: { serving_default: { inputs: { dense_1_input: tensor('dense_1_input', '4') }, outputs: { dense_2: tensor('dense_2', '3') }, method_name: 'tensorflow/serving/predict' } } } },
    });
    const v2 = (path: string) => api.call({ url: `/v2/models/${path}` });
    const metadata = { name: id, versions: ['1'], platform: 'keras', inputs: [{ name: 'dense_1_input', datatype: 'FP32', shape: [-1, 4] }], outputs: [{ name: 'dense_2', datatype: 'FP32', shape: [-1, 3] }] };
    expect((await v2(id)).json()).toEqual(metadata);
    expect((await v2(`${id}/versions/1`)).json()).toEqual(metadata);
    expect((await v2(`${id}/versions/one`)).statusCode).toBe(404);
  });
});

test('without a predictor nothing is ready, and it is said which part is missing', async () => {
  const { id } = await trained([1]);
  const call = (url: string) => api.app.inject({ url });
  expect((await call('/v2')).json()).toEqual({ name: 'trainyard', version: '0.1.0', extensions: ['binary_tensor_data'] });
  expect((await call('/v2/health/live')).json()).toEqual({ live: true });
  expect((await call('/v2/health/ready')).json()).toMatchObject({ status: 503, code: 'predictor_unavailable', error: expect.stringContaining('PREDICTOR_URL') });
  expect((await call(`/v2/models/${id}/ready`)).statusCode).toBe(401);
  expect((await api.call({ url: `/v2/models/${id}/ready` })).statusCode).toBe(503);
  expect((await api.call({ url: '/v2/models/none/ready' })).statusCode).toBe(404);
});

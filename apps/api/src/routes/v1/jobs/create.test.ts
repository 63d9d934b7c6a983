import { readFile } from 'node:fs/promises';
import { addCheckpoint, getJobSpec } from '@trainyard/database';
import { JobSpec, newCheckpointId } from '@trainyard/protocol';
import { openProducer } from '@trainyard/queue';
import { closedPort } from '@trainyard/queue/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startApi, type TestApi } from '../../../testing/api.js';
import { createdJob, runningJob, storedCheckpoint } from '../../../testing/attempt.js';
import { jobBody, model } from '../../../testing/examples.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await vi.waitFor(() => api.deps.producer.ping());
});
afterAll(() => api.close());

const create = (payload: unknown, headers: Record<string, string> = {}) =>
  api.call({ method: 'POST', url: '/v1/jobs', headers: { 'content-type': 'application/json', ...headers }, payload: typeof payload === 'string' ? payload : JSON.stringify(payload) });

test('answers 202 with the job and where it is, and puts it on the queue', async () => {
  const before = await api.deps.producer.waiting();
  const response = await create(jobBody);
  expect(response.statusCode).toBe(202);
  const job = response.json();
  expect(response.headers.location).toBe(`/v1/jobs/${job.id}`);
  expect(job).toMatchObject({
    object: 'job',
    kind: 'train',
    name: 'iris',
    status: 'queued',
    attempt: 0,
    model: { class_name: 'Sequential', name: 'sequential_1', total_params: 4 * 8 + 8 + 8 * 3 + 3 },
    fit: { epochs: 3, batch_size: 16, shuffle: true },
    fit_generator: null,
    error: null,
    warnings: [],
  });
  expect(job.seed).toBeGreaterThanOrEqual(0);
  expect(await api.deps.producer.waiting()).toBe(before + 1);
  const spec = await getJobSpec(api.scratch.database, job.id);
  expect(JobSpec.parse(spec)).toEqual(spec);
  expect(JSON.stringify(spec.architecture)).toBe(JSON.stringify(model));
});

test('takes the model as the string that to_json() gave, and as YAML', async () => {
  const yaml = ['class_name: Sequential', 'config:', '- class_name: Dense', '  config: {name: d, units: 2, batch_input_shape: !!python/tuple [null, 3]}', 'keras_version: 2.0.8', ''].join('\n');
  for (const source of [JSON.stringify(model), { yaml }]) {
    expect((await create({ ...jobBody, model: source })).statusCode).toBe(202);
  }
});

test("accepts Keras 1's names with warnings", async () => {
  const { fit: _, ...body } = jobBody;
  const job = (await create({ ...body, fit_generator: { samples_per_epoch: 100, nb_epoch: 2, batch_size: 10 } })).json();
  expect(job.fit_generator).toMatchObject({ steps_per_epoch: 10, epochs: 2 });
  expect(job.warnings.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/fit_generator/samples_per_epoch', '/fit_generator/nb_epoch']);
});

test('warns of a callback that watches what no epoch has', async () => {
  const callbacks = [{ class_name: 'EarlyStopping', config: { monitor: 'val_accuracy' } }];
  expect((await create({ ...jobBody, callbacks })).json().warnings).toEqual([
    { pointer: '/callbacks/0/config/monitor', detail: 'no epoch will have "val_accuracy"; there are loss, acc, val_loss, val_acc, lr' },
  ]);
});

describe('what is wrong is refused with the place', () => {
  const wrongUnits = structuredClone(model);
  (wrongUnits.config[1]!.config as { units: unknown }).units = -3;
  const unknownLayer = structuredClone(model);
  unknownLayer.config[1]!.class_name = 'Densest';
  const huge = structuredClone(model);
  huge.config[1]!.config.units = 1e12;

  test.each([
    ['an unknown field', { ...jobBody, epochs: 3 }, 'invalid_request', '/epochs'],
    ['a wrong value', { ...jobBody, fit: { epochs: 'many' } }, 'invalid_request', '/fit/epochs'],
    ['an event that a webhook cannot have', { ...jobBody, webhook: { url: 'https://example.org', events: ['job.ended'] } }, 'invalid_request', '/webhook/events/0'],
    ['a layer', { ...jobBody, model: wrongUnits }, 'model_invalid', '/model/config/1/config/units'],
    ['an unknown layer', { ...jobBody, model: unknownLayer }, 'model_invalid', '/model/config/1/class_name'],
    ['a model that is too large, in no time', { ...jobBody, model: huge }, 'model_invalid', '/model'],
    ['a model that is no JSON', { ...jobBody, model: '{' }, 'model_invalid', '/model'],
    ['a missing compile', { ...jobBody, compile: undefined }, 'invalid_request', '/compile'],
    ['an unknown loss', { ...jobBody, compile: { ...jobBody.compile, loss: 'huge' } }, 'compile_invalid', '/compile/loss'],
    ['an unknown optimizer', { ...jobBody, compile: { ...jobBody.compile, optimizer: 'best' } }, 'compile_invalid', '/compile/optimizer'],
    ['a source that does not fit', { ...jobBody, data: { train: { uri: 'files/a.npz', x: { other: 'x' } } } }, 'data_invalid', '/data/train/x/other'],
    ['options of another format', { ...jobBody, data: { train: { uri: 'files/a.parquet', csv: { delimiter: ';' } } } }, 'data_invalid', '/data/train/csv'],
    ['a schedule', { ...jobBody, callbacks: [{ class_name: 'TerminateOnNaN' }, { class_name: 'LearningRateScheduler', config: { schedule: { class_name: 'ExponentialDecay', config: { initial_learning_rate: 0.1 } } } }] }, 'invalid_request', '/callbacks/1/config/schedule/config/decay_steps'],
    ['weights that are not there', { ...jobBody, weights: [{ uri: 'files/none.h5' }] }, 'data_not_found', '/weights/0/uri'],
    ['a job that is not there', { ...jobBody, model: { job: 'job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D' } }, 'invalid_request', '/model/job'],
    ['a layer to freeze that is not there', { ...jobBody, trainable: { 'conv*': false } }, 'invalid_request', '/trainable/conv*'],
  ])('%s', async (_name, body, code, pointer) => {
    const response = await create(body);
    expect(response.statusCode).toBe(422);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.json()).toMatchObject({ status: 422, code, errors: [{ pointer }] });
  });

  test('everything at once', async () => {
    const response = await create({ ...jobBody, compile: { ...jobBody.compile, loss: 'x' }, data: { train: { uri: 'files/a.npz', x: ['a', 'b'], y: { q: 'y' } } } });
    expect(response.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/compile/loss', '/data/train/y/q']);
  });
});

test('trainable is written into the architecture, by glob', async () => {
  const id = await createdJob(api, { ...jobBody, trainable: { 'dense_*': false, dense_2: true } });
  const spec = await getJobSpec(api.scratch.database, id);
  const flags = (spec.architecture['config'] as { config: { trainable: boolean } }[]).map(({ config }) => config.trainable);
  expect(flags).toEqual([false, true]);
});

describe('models from elsewhere', () => {
  const golden = new URL('../../../../../../tests/golden/c02_mlp_multiclass/', import.meta.url);
  const withoutCompile = { ...jobBody, compile: undefined };

  test('a saved model brings its architecture, weights and compile arguments', async () => {
    await api.call({ method: 'PUT', url: '/v1/files/models/m.h5', payload: await readFile(new URL('whole_model.h5', golden)) });
    const job = (await create({ ...withoutCompile, model: { uri: 'files/models/m.h5' } })).json();
    expect(job).toMatchObject({ status: 'queued', compile: { loss: 'categorical_crossentropy' }, warnings: [{ pointer: '/model' }] });
    const spec = await getJobSpec(api.scratch.database, job.id);
    expect(spec.weights).toEqual([{ from: { uri: 'files/models/m.h5' }, by_name: false, skip_mismatch: false, into: null, optimizer_state: false }]);
    expect(spec.architecture).toMatchObject({ class_name: 'Sequential', keras_version: '2.0.8' });
  });

  test('so does a .keras, whose metrics keep Keras 3’s names', async () => {
    await api.call({ method: 'PUT', url: '/v1/files/models/m.keras', payload: await readFile(new URL('../c01_mlp_binary/model.keras', golden)) });
    const callbacks = [{ class_name: 'EarlyStopping', config: { monitor: 'accuracy' } }];
    const job = (await create({ ...withoutCompile, callbacks, fit: {}, model: { uri: 'files/models/m.keras' } })).json();
    expect(job).toMatchObject({ status: 'queued', compile: { loss: 'binary_crossentropy' }, warnings: [{ pointer: '/model' }] });
    const spec = await getJobSpec(api.scratch.database, job.id);
    expect(spec.architecture['keras_version']).toMatch(/^3\./);
  });

  test('losses and metrics may be serialized', async () => {
    const compile = { optimizer: 'sgd', loss: { class_name: 'CategoricalCrossentropy', config: { label_smoothing: 0.1 } }, metrics: [{ class_name: 'CategoricalAccuracy', config: { name: 'right' } }] };
    const job = await create({ ...jobBody, compile, callbacks: [{ class_name: 'EarlyStopping', config: { monitor: 'val_right' } }] });
    expect(job.json()).toMatchObject({ status: 'queued', compile, warnings: [] });
    const wrong = await create({ ...jobBody, compile: { ...compile, loss: { class_name: 'CategoricalCrossentropy', config: { label_smoothing: 3 } } } });
    expect(wrong.json()).toMatchObject({ code: 'compile_invalid', errors: [{ pointer: '/compile/loss/config/label_smoothing' }] });
  });

  test.each([
    ['files/none.h5', 'data_not_found'],
    ['files/models/text.h5', 'model_invalid'],
    ['files/models/text.keras', 'model_invalid'],
    ['s3://bucket/m.h5', 'invalid_request'],
  ])('%s is refused', async (uri, code) => {
    await api.call({ method: 'PUT', url: '/v1/files/models/text.h5', payload: 'no HDF5' });
    await api.call({ method: 'PUT', url: '/v1/files/models/text.keras', payload: 'PK\x03\x04 and no more' });
    expect((await create({ ...withoutCompile, model: { uri } })).json()).toMatchObject({ status: 422, code, errors: [{ pointer: '/model/uri' }] });
  });

  test("a job's model comes with the weights of the very checkpoint that a ref meant, and its compile arguments", async () => {
    const ref = await runningJob(api);
    const id = newCheckpointId();
    const file = await storedCheckpoint(api, ref.jobId, id, 'h5');
    await addCheckpoint(api.scratch.database, ref, { id, filename: 'a.h5', epoch: 0, step: 1, kind: 'model', final: false, metrics: {}, ...file });
    const from = { job: ref.jobId, checkpoint: 'latest' };
    const job = (await create({ ...withoutCompile, model: from, weights: from })).json();
    const spec = await getJobSpec(api.scratch.database, job.id);
    expect(spec.weights.map((weights) => weights.from)).toEqual([1, 2].map(() => ({ job: ref.jobId, checkpoint: id, key: file.key })));
    expect(spec.architecture).toEqual(model);
    expect(spec.compile.loss).toBe('categorical_crossentropy');
    const missing = await create({ ...withoutCompile, model: { ...from, checkpoint: 'best' } });
    expect(missing.json()).toMatchObject({ status: 422, errors: [{ pointer: '/model/checkpoint', code: 'not_found' }] });
  });
});

describe('Idempotency-Key', () => {
  test('repeated with the same body answers the same job', async () => {
    const [first, second] = await Promise.all([create(jobBody, { 'idempotency-key': 'a' }), create(jobBody, { 'idempotency-key': 'a' })]);
    const third = await create(jobBody, { 'idempotency-key': 'a' });
    expect(new Set([first, second, third].map((response) => response.json().id)).size).toBe(1);
    expect([first.statusCode, second.statusCode, third.statusCode]).toEqual([202, 202, 202]);
  });

  test('with another body is refused', async () => {
    await create(jobBody, { 'idempotency-key': 'b' });
    const response = await create({ ...jobBody, name: 'other' }, { 'idempotency-key': 'b' });
    expect(response.json()).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
  });
});

test('while Redis is away a job is taken all the same, and due for a sweeper', async () => {
  const without = await startApi({ producer: openProducer({ url: `redis://127.0.0.1:${await closedPort()}` }) });
  try {
    const response = await without.call({ method: 'POST', url: '/v1/jobs', payload: jobBody });
    expect(response.statusCode).toBe(202);
    const { rows } = await without.scratch.sql.query('SELECT status, delivered_attempt FROM jobs');
    expect(rows).toEqual([{ status: 'queued', delivered_attempt: 0 }]);
  } finally {
    await without.close();
  }
});

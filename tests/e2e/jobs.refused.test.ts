import { encodeNpz } from '@trainyard/ndarray';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { network, smallJob, twoClasses, uploadTwoClasses } from '../support/example-jobs.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';

// What is wrong with a job is told with its place: at the POST where it can be known, else by the job that fails. The
// worker survives all of it.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let stack: Stack;
let api: JobsApi;
beforeAll(async () => {
  stack = await Stack.start();
  api = stack.api;
  await stack.startWorker({ WORKER_CONCURRENCY: '2' });
  const { x, y } = twoClasses(20);
  const npz = encodeNpz([['x', x], ['y', y]]);
  await Promise.all([
    uploadTwoClasses(api),
    api.upload('no-y.npz', encodeNpz([['x', x]])),
    api.upload('cut.npz', npz.subarray(0, npz.length - 40)),
    api.upload('nan.csv', ['a,b,y', '1,2,0', '3,NaN,1', '4,5,0'].join('\n')),
    api.upload('not.h5', 'this is not HDF5'),
    api.upload('labels.npz', encodeNpz([['x', { dtype: 'int32', shape: [2, 3], data: Int32Array.of(0, 1, 2, 3, 4, 99) }], ['y', { dtype: 'float32', shape: [2, 1], data: Float32Array.of(0, 1) }]])),
  ]);
});
afterAll(() => stack.stop());

const dense = (config: object) => ({ class_name: 'Sequential', config: [{ class_name: 'Dense', config: { name: 'd', units: 1, batch_input_shape: [null, 8], ...config } }] });

describe('at the POST', () => {
  it.each([
    ['a model that is no JSON', { ...smallJob(), model: '{"class_name":' }, /JSON/],
    ['an unknown layer', { ...smallJob(), model: { class_name: 'Sequential', config: [{ class_name: 'Danse', config: { name: 'd' } }] } }, /unknown layer "Danse"/],
    ['a Lambda', { ...smallJob(), model: { class_name: 'Sequential', config: [{ class_name: 'Lambda', config: { name: 'l', function: ['4wE=', null, null] } }] } }, /Lambda/],
    ['a wrong argument', { ...smallJob(), model: dense({ units: -3 }) }, /units/],
    ['an unknown loss', { ...smallJob(), compile: { optimizer: 'sgd', loss: 'bce' } }, /bce/],
    ["a checkpoint of another job's", { ...smallJob(), weights: { job: 'job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D', checkpoint: 'best' } }, /no job/],
    ['an option that is not supported', { ...smallJob(), webhook: { url: 'https://example.com', events: ['job.failed'] } }, /not supported yet/],
    ['no data', { ...smallJob(), data: {} }, /train/],
  ])('%s', async (_, request, message) => {
    const problem = await api.refused(request);
    expect(problem.status).toBe(422);
    expect(problem.detail).toMatch(message);
    expect(problem.errors[0]?.pointer).toMatch(/^\//);
  });
});

describe('by the job that fails', () => {
  const train = (uri: string, more: object = {}) => ({ data: { train: { uri: `files/${uri}`, x: 'x', y: 'y', ...more } } });
  const embedding = {
    class_name: 'Sequential',
    config: [
      { class_name: 'Embedding', config: { name: 'e', input_dim: 10, output_dim: 2, batch_input_shape: [null, 3] } },
      { class_name: 'Flatten', config: { name: 'f' } },
      { class_name: 'Dense', config: { name: 'd', units: 1 } },
    ],
  };
  it.each([
    ['a file that is not there', train('nowhere.npz'), 'data_not_found', /files\/nowhere\.npz/, /^\/data\/train/],
    ['an array that is not there', train('no-y.npz'), 'data_invalid', /no-y\.npz.*"y"/s, /^\/data\/train/],
    ['a file that is cut', train('cut.npz'), 'data_invalid', /cut\.npz/, /^\/data\/train/],
    ['NaN in a CSV', { model: dense({ batch_input_shape: [null, 2] }), ...train('nan.csv', { x: ['a', 'b'] }) }, 'data_invalid', /nan\.csv, row 2, column "b": .*NaN/, /^\/data\/train/],
    ['a shape that is not the model’s', { model: network(5) }, 'data_invalid', /input "dense_1_input": expected an array of shape \(None, 5\), received \(1, 8\)/, /^\/data\/train/],
    ['targets that are not the model’s', { model: dense({ units: 3 }), compile: { optimizer: 'sgd', loss: 'mse' } }, 'data_invalid', /output "d": expected .*3\)/, /^\/data\/train/],
    ['a word that is not in the vocabulary', { model: embedding, compile: { optimizer: 'sgd', loss: 'mse' }, ...train('labels.npz') }, 'data_invalid', /^files\/labels\.npz, array "x", row index 1: expected whole numbers from 0 to 9 for the Embedding "e", received 99/, /^\/data\/train/],
    ['weights that are no HDF5', { weights: { uri: 'files/not.h5' } }, 'weights_invalid', /HDF5/, /^\/weights/],
    ['a name in a checkpoint’s file name', { callbacks: [{ class_name: 'ModelCheckpoint', config: { filepath: '{val_los}.h5' } }] }, 'invalid_request', /val_los/, /^\/callbacks\/0\/config\/filepath/],
    ['a log outside of the project', { callbacks: [{ class_name: 'CSVLogger', config: { filename: '../../other/log.csv' } }] }, 'invalid_request', /path within the files/, /^\/callbacks\/0\/config\/filename/],
  ])('%s', async (_, changes, code, message, pointer) => {
    const { id } = await api.submit(smallJob(changes as never));
    const { error, attempt } = await api.until(id, 'failed');
    expect(error).toMatchObject({ code, retryable: false });
    expect(error?.message).toMatch(message);
    expect(error?.pointer).toMatch(pointer);
    expect(attempt).toBe(1);
  });

  it('the memory limit of the job itself', async () => {
    const { id } = await api.submit(smallJob({ resources: { memory_limit_mb: 64 }, fit: { batch_size: 4, epochs: 10_000 } }));
    expect((await api.until(id, 'failed')).error).toMatchObject({ code: 'oom_host', message: expect.stringMatching(/limit is 64 MB/) });
  });

  it('a device that no worker has', async () => {
    const { id } = await api.submit(smallJob({ resources: { device: 'gpu:7' }, limits: { max_attempts: 2 } }));
    const { error, attempt } = await api.until(id, 'failed');
    expect(error).toMatchObject({ code: 'attempts_exhausted', message: expect.stringMatching(/expected the device "gpu:7", this machine has CPU/) });
    expect(attempt).toBe(2);
  });

  it('and the next job trains', async () => {
    const { id } = await api.submit(smallJob());
    await api.until(id, 'succeeded');
  });
});

it('a POST that is repeated with its Idempotency-Key makes one job', async () => {
  const post = (body: unknown) => api.call<{ id: string }>('POST', '/v1/jobs', body, { 'idempotency-key': 'once' });
  const answers = await Promise.all([post(smallJob()), post(smallJob()), post(smallJob())]);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect((await post(smallJob({ seed: 8 }))).status).toBe(422);
});

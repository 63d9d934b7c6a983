import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { addCheckpoint } from '@trainyard/database';
import { readKerasArchive, readWeightsFile, type WeightsFile } from '@trainyard/keras-format';
import { decodeNpz, nestedOf } from '@trainyard/ndarray';
import { newCheckpointId } from '@trainyard/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../../testing/api.js';
import { runningJob } from '../../../../testing/attempt.js';
import { jobBody } from '../../../../testing/examples.js';

const golden = new URL('../../../../../../../tests/golden/', import.meta.url);

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** A job of a golden model, with its whole model's file as the checkpoint of epoch 0. */
async function trained(name: string): Promise<{ url: string; id: string; file: WeightsFile }> {
  const model = JSON.parse(await readFile(new URL(`${name}/model.json`, golden), 'utf8'));
  const content = await readFile(new URL(`${name}/whole_model.h5`, golden));
  const { jobId, attempt } = await runningJob(api, { ...jobBody, model, data: { train: { uri: 'files/none.npz' } }, compile: { optimizer: 'sgd', loss: 'mse' } });
  const id = newCheckpointId();
  const key = `projects/${api.projectId}/jobs/${jobId}/checkpoints/${id}.h5`;
  const { bytes } = await api.store.put(key, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  await addCheckpoint(api.scratch.database, { jobId, attempt }, { id, filename: 'a.h5', epoch: 0, step: 1, kind: 'model', final: false, metrics: {}, key, bytes, sha256 });
  return { url: `/v1/jobs/${jobId}/layers`, id, file: await readWeightsFile(content) };
}

const get = (url: string, accept = 'application/json') => api.call({ method: 'GET', url, headers: { accept } });

test('a layer’s weights, by name or index, as JSON and as npz', async () => {
  const { url, id, file } = await trained('c01_mlp_binary');
  const expected = file.layers.find(({ layer }) => layer === 'dense_2')!.weights;
  for (const name of ['dense_2', '2']) {
    expect((await get(`${url}/${name}/weights?checkpoint=epoch-0`)).json()).toEqual({
      layer: 'dense_2',
      checkpoint: id,
      weights: expected.map(({ name: weight, array }) => ({ name: weight, shape: array.shape, dtype: 'float32', values: nestedOf(array) })),
    });
  }
  const npz = await get(`${url}/dense_2/weights`, 'application/x-npz');
  expect(npz.headers).toMatchObject({ 'content-type': 'application/x-npz', 'x-trainyard-checkpoint': id });
  expect([...decodeNpz(npz.rawPayload)].map(([name, { shape }]) => [name, shape])).toEqual([['dense_2/kernel:0', [64, 64]], ['dense_2/bias:0', [64]]]);
  expect((await get(`${url}/dropout_1/weights`)).json()).toMatchObject({ weights: [] });
});

test('those of a wrapped model come with its layer', async () => {
  const { url, file } = await trained('c06_video_timedistributed');
  const { layer, weights } = file.layers.find((entry) => entry.layer.startsWith('time_distributed'))!;
  const answered = (await get(`${url}/${layer}/weights`)).json().weights as { name: string }[];
  expect(answered.map(({ name }) => name)).toEqual(weights.map(({ name }) => name));
  expect(answered).toHaveLength(6);
});

test('a checkpoint is given as a .keras too', async () => {
  const { url, file } = await trained('c01_mlp_binary');
  const content = url.replace('/layers', '/checkpoints/latest/content?format=keras');
  const one = await get(content);
  expect(one.headers).toMatchObject({ 'content-type': 'application/zip', 'content-disposition': expect.stringContaining('filename="a.keras"') });
  const archive = await readKerasArchive(one.rawPayload);
  expect(archive.kerasVersion).toMatch(/^3\./);
  const kernels = (from: WeightsFile) => from.layers.flatMap(({ weights }) => weights.map(({ array }) => [...array.data]));
  expect(kernels(archive)).toEqual(kernels(file));
  expect((await api.call({ method: 'GET', url: content, headers: { 'if-none-match': String(one.headers.etag) } })).statusCode).toBe(304);
});

test('what is not there, or too much for JSON, is said', async () => {
  const { url } = await trained('c05_functional_mlp');
  expect((await get(`${url}/conv/weights`)).json()).toMatchObject({ status: 404, detail: expect.stringMatching(/no layer "conv"; it has input_1, dense_1/) });
  expect((await get(`${url}/dense_1/weights?checkpoint=best`)).json()).toMatchObject({ status: 404, detail: expect.stringMatching(/no checkpoint "best"; it has a.h5/) });
  expect((await get(`${url}/dense_1/weights`)).json()).toMatchObject({ status: 400, code: 'invalid_parameter', detail: expect.stringMatching(/has 50240 numbers, more than the 50000/) });
  expect((await get(`${url}/dense_2/weights`)).statusCode).toBe(200);
  expect((await get(`${url}/dense_1/weights?chekpoint=best`)).statusCode).toBe(400);
});

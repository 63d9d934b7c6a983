import { readModelFile } from '@trainyard/keras-format';
import { Client } from '@trainyard/client';
import { decodeNpz, encodeNpz } from '@trainyard/ndarray';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makeData, syntheticExamples } from '../../examples/make-data.mjs';
import { firstRows, readJob, runExample } from '../../examples/run.mjs';
import { Stack } from '../support/stack.js';

// Every job in examples/ on synthetic data, from its POST to its checkpoint.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let stack: Stack;
let client: Client;
const ids = new Map<string, string>();
beforeAll(async () => {
  stack = await Stack.start({ predictor: true });
  await stack.startWorker();
  client = new Client({ url: stack.api.url });
});
afterAll(() => stack.stop());

/** The shapes of what each model answers for 8 rows. */
const answered: Record<string, Record<string, number[]>> = {
  'mlp-binary': { dense_3: [8, 1] },
  'mlp-multiclass': { dense_3: [8, 10] },
  'vgg-like': { dense_2: [8, 10] },
  'lstm-classification': { dense_1: [8, 1] },
  'functional-mlp': { dense_3: [8, 10] },
  'video-time-distributed': { dense_4: [8, 2] },
  'auxiliary-output': { main_output: [8, 1], aux_output: [8, 1] },
  'shared-lstm-tweets': { dense_1: [8, 1] },
  'shared-conv-nodes': { dense_1: [8, 1] },
  vqa: { answer: [8, 1000] },
  'weights-by-name': { new_dense: [8, 3] },
};

it.each(syntheticExamples)('%s trains, predicts, and gives its checkpoint', async (name) => {
  const { job, history, predictions, checkpoint } = await runExample(client, name);
  ids.set(name, job.id);
  const loss = history['loss'] as number[];
  expect(loss).toHaveLength((await readJob(name)).fit.epochs);
  expect(loss.every(Number.isFinite)).toBe(true);
  expect(loss.at(-1)).toBeLessThan(loss[0]!);
  expect(Object.fromEntries([...predictions].map(([output, { shape }]) => [output, shape]))).toEqual(answered[name]);
  for (const { data } of predictions.values()) expect([...data].every((value) => Number(value) >= 0 && Number(value) <= 1)).toBe(true);
  const file = await readModelFile(checkpoint);
  expect(file.trainingConfig).toBeDefined();
  expect(job.model.total_params).toBe(file.layers.flatMap(({ weights }) => weights).reduce((sum, { array }) => sum + array.shape.reduce((a, b) => a * b, 1), 0));
});

it('the nodes of the shared convolution are told, and predicted, each for itself', async () => {
  const id = ids.get('shared-conv-nodes')!;
  const conv = (await client.jobs.layers(id)).find(({ name }) => name === 'conv');
  expect(conv?.nodes.map(({ output_shapes }) => output_shapes)).toEqual([[[null, 32, 32, 16]], [[null, 64, 64, 16]]]);
  const rows = firstRows((await readJob('shared-conv-nodes')).data.train, decodeNpz((await makeData('shared-conv-nodes')).get('train.npz')!));
  const answer = decodeNpz(await client.jobs.predictNpz(id, encodeNpz(rows), { layers: ['conv[0]', 'conv[1]'] }));
  expect([...answer].map(([name, { shape }]) => [name, shape])).toEqual([['conv[0]', [8, 32, 32, 16]], ['conv[1]', [8, 64, 64, 16]]]);
});

it('TensorBoard has gradients and the embedding of the auxiliary output’s job', async () => {
  const id = ids.get('auxiliary-output')!;
  const file = async (path: string) => Buffer.from(await stack.api.bytes(`/v1/jobs/${id}/tensorboard/${path}`)).toString('latin1');
  const paths = (await client.jobs.tensorboard(id)).data.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['train/embedding_0.tsv', 'train/projector_config.pbtxt']));
  const events = await file(paths.find((path) => path.includes('tfevents'))!);
  for (const tag of ['main_output/kernel_0', 'main_output/kernel_0_grad', 'lstm_1_out']) expect(events).toContain(tag);
  const rows = (await file('train/embedding_0.tsv')).trimEnd().split('\n').map((row) => row.split('\t'));
  expect([rows.length, rows[0]!.length, rows.flat().every((value) => Number.isFinite(Number(value)))]).toEqual([1000, 64, true]);
  expect(await file('train/projector_config.pbtxt')).toBe('embeddings {\n  tensor_name: "embedding_1"\n  tensor_path: "embedding_0.tsv"\n  tensor_shape: 1000\n  tensor_shape: 64\n}\n');
});

it('the frozen frames of the video model have the weights of the image model', async () => {
  const weights = async (name: string, layer: string) => [...decodeNpz(await client.jobs.layerWeights(ids.get(name)!, layer)).values()].map(({ data }) => data);
  const frames = await weights('video-time-distributed', 'frames');
  const images = await Promise.all(['dense_1', 'dense_2', 'dense_3'].map((layer) => weights('functional-mlp', layer)));
  expect(frames).toEqual(images.flat());
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@trainyard/client';
import { bytesOf, decodeNpz, encodeNpz, nestedOf, sizeOf, type NdArray } from '@trainyard/ndarray';
import type { InferAnswer, InferModelMetadata } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { goldenFolder } from '../support/golden.js';
import { keras1Models, keras2Models, keras3Models, type GoldenModel } from '../support/golden-models.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';
import { thorough } from '../support/thorough.js';

/*
 * What genuine Keras predicts, asked of the service in every way that there is: of each file that Keras wrote, served under a
 * name, and of the file that a job wrote which began with that one and trained no epoch.
 */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const [keras2, keras3, keras1] = await Promise.all([keras2Models(), keras3Models(), keras1Models()]);

let stack: Stack;
let api: JobsApi;
let client: Client;
/** Those that a job goes on from: a process and a training each. */
const trained = keras2.filter((_, i) => thorough || i % 10 === 0);
/** By the model's file: trained while the files are asked. */
const jobs = new Map<string, Promise<string>>();

beforeAll(async () => {
  stack = await Stack.start({ predictor: true });
  api = stack.api;
  client = new Client({ url: api.url });
  await stack.startWorker({ WORKER_CONCURRENCY: '2' });
  for (const { file } of [...keras2, ...keras3, ...keras1]) await api.upload(file, await readFile(join(goldenFolder, file)));
  for (const model of trained) jobs.set(model.file, jobThatTrainsNothing(model));
});
afterAll(() => stack.stop());

describe.each([
  { keras: 'Keras 2.0.8', models: keras2 },
  { keras: 'Keras 3', models: keras3 },
  { keras: 'Keras 1.2.2', models: keras1 },
])('a file of $keras', ({ models }) => {
  test.each(models.map((model) => [model.file, model] as const))('%s', async (_, model) => {
    const name = model.file.replaceAll(/[^a-z0-9]/g, '-');
    await client.models.set(name, { uri: `files/${model.file}` });
    await expectEqual(model, name);
  });
});

describe('the file of a job that went on from one of Keras 2.0.8', () => {
  test.each(trained.map((model) => [model.file, model] as const))('%s', async (_, model) => {
    const job = await jobs.get(model.file);
    if (job === undefined) throw new Error(`${model.file}: expected a job`);
    await api.until(job, 'succeeded');
    const { inputs, outputs, named, answer } = await expectEqual(model, job);
    const npz = await client.jobs.predictNpz(job, encodeNpz(inputs.map(({ name }) => [name, named[name]!] as const)));
    expect([...decodeNpz(npz)].map(([name, { data }]) => [name, [...(data as Float32Array)]])).toEqual(outputs.map(({ name }) => [name, answer[name]]));
    expect(byName(await client.jobs.predict(job, { instances: rowsOf(model, inputs, named) }), outputs)).toEqual(answer);
    expect(byName(await client.jobs.predict(job, { inputs: columnsOf(inputs, named) }), outputs)).toEqual(answer);
  });
});

type Tensors = InferModelMetadata['inputs'];
/** Numbers of each output, flat. */
type Flat = Record<string, number[]>;

/** Asks by TensorFlow Serving's protocol, by row and by column, and by the Open Inference Protocol, as bytes and as JSON. */
async function expectEqual(model: GoldenModel, name: string): Promise<{ inputs: Tensors; outputs: Tensors; named: Record<string, NdArray>; answer: Flat }> {
  const { inputs, outputs } = await client.models.metadata(name);
  const named = Object.fromEntries(inputs.map((input, i) => [input.name, model.x[i]!]));
  const asBytes = (await client.models.infer(name, { inputs: named })).outputs;
  const answer: Flat = Object.fromEntries(outputs.map((output) => [output.name, [...asBytes[output.name]!.data]]));
  outputs.forEach((output, i) => {
    const { shape, data } = model.predictions[i]!;
    expect(asBytes[output.name]!.shape).toEqual(shape);
    // Relative, too: what a linear output predicts may be large.
    const errors = answer[output.name]!.map((value, at) => Math.abs(value - Number(data[at])) / (1 + Math.abs(Number(data[at]))));
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });
  const tensors = inputs.map(({ name: input, datatype }, i) => ({ name: input, shape: model.x[i]!.shape, datatype, data: flat(model.x[i]!) }));
  const asJson = await api.call<InferAnswer>('POST', `/v2/models/${name}/infer`, { inputs: tensors });
  expect(Object.fromEntries(asJson.body.outputs.map((output) => [output.name, output.data]))).toEqual(answer);
  expect(byName(await client.models.predict(name, { instances: rowsOf(model, inputs, named) }), outputs)).toEqual(answer);
  expect(byName(await client.models.predict(name, { inputs: columnsOf(inputs, named) }), outputs)).toEqual(answer);
  return { inputs, outputs, named, answer };
}

/** One entry a row: a value, or an object where there are several inputs. */
function rowsOf({ x }: GoldenModel, inputs: Tensors, named: Readonly<Record<string, NdArray>>): unknown[] {
  const columns = inputs.map(({ name }) => nestedOf(named[name]!) as unknown[]);
  if (inputs.length === 1) return columns[0]!;
  return Array.from({ length: x[0]!.shape[0]! }, (_, row) => Object.fromEntries(inputs.map(({ name }, i) => [name, columns[i]![row]])));
}

/** One tensor, as the bytes of its elements where it has a name. */
function columnsOf(inputs: Tensors, named: Readonly<Record<string, NdArray>>): unknown {
  if (inputs.length === 1) return nestedOf(named[inputs[0]!.name]!);
  return Object.fromEntries(inputs.map(({ name }, i) => [name, i === 0 ? nestedOf(named[name]!) : { b64: Buffer.from(bytesOf(named[name]!.data)).toString('base64') }]));
}

/** The numbers of an answer by row or by column. */
function byName(answered: { predictions: unknown[] } | { outputs: unknown }, outputs: Tensors): Flat {
  const several = outputs.length > 1;
  const of = (name: string): unknown => {
    if ('outputs' in answered) return several ? (answered.outputs as Record<string, unknown>)[name] : answered.outputs;
    return several ? answered.predictions.map((row) => (row as Record<string, unknown>)[name]) : answered.predictions;
  };
  return Object.fromEntries(outputs.map(({ name }) => [name, (of(name) as unknown[]).flat(Infinity) as number[]]));
}

const flat = (array: NdArray): unknown => nestedOf({ ...array, shape: [sizeOf(array.shape)] });

/** A job whose checkpoint has the weights that it begins with, written by the worker. */
async function jobThatTrainsNothing({ file, x, predictions }: GoldenModel): Promise<string> {
  const named = (as: string, arrays: readonly NdArray[]) => arrays.map((array, i) => [`${as}${i}`, array] as const);
  const [inputs, targets] = [named('x', x), named('y', predictions)];
  await api.upload(`${file}.npz`, encodeNpz([...inputs, ...targets]));
  const source = { uri: `files/${file}.npz`, x: inputs.map(([name]) => name), y: targets.map(([name]) => name) };
  const request = { model: { uri: `files/${file}` }, data: { train: source }, compile: { optimizer: 'sgd', loss: 'mse' }, fit: { epochs: 0, batch_size: x[0]!.shape[0]! } };
  return (await api.submit(request)).id;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNpy, encodeNpz, nestedOf, sliceRows, viewBytes, type NdArray } from '@trainyard/ndarray';
import type { JobRequestInput } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { uploadGolden } from '../support/example-jobs.js';
import { goldenFolder } from '../support/golden.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';

// Models that other versions of Keras wrote, trained and served.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let stack: Stack;
let api: JobsApi;
beforeAll(async () => {
  stack = await Stack.start({ predictor: true });
  api = stack.api;
  await stack.startWorker({ WORKER_CONCURRENCY: '2' });
});
afterAll(() => stack.stop());

interface StoredTensor {
  readonly shape: number[];
  readonly b64: string;
}
const read = (file: string) => readFile(join(goldenFolder, file));
const json = async (file: string) => JSON.parse((await read(file)).toString());
const floats = ({ b64 }: StoredTensor): number[] => {
  const bytes = Buffer.from(b64, 'base64');
  return [...new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))];
};

async function finished(request: unknown) {
  const { id, warnings } = await api.submit(request as JobRequestInput);
  return { id, warnings, job: await api.until(id, 'succeeded') };
}

/** What `/predict` answers for all inputs of a model, flat. */
async function predict(id: string, inputs: unknown): Promise<number[]> {
  const { body } = await api.call<{ outputs: unknown; detail?: string }>('POST', `/v1/jobs/${id}/predict`, { inputs });
  if (body.detail !== undefined) throw new Error(body.detail);
  const outputs = body.outputs;
  return (Array.isArray(outputs) ? outputs : Object.values(outputs as object).flat()).flat(Infinity) as number[];
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-5): void {
  expect(actual).toHaveLength(expected.length);
  expect(Math.max(...actual.map((value, i) => Math.abs(value - (expected[i] ?? NaN))))).toBeLessThan(tolerance);
}

describe('Keras 3', () => {
  const rows = async (name: string) => nestedOf(sliceRows(decodeNpy(await read(`${name}/x_0.npy`)), 0, 8));

  it('a .keras comes with weights and compile arguments; what it predicts is what Keras 3 predicts', async () => {
    const { request } = await uploadGolden(api, 'c01_mlp_binary');
    await api.upload('models/c01.keras', await read('c01_mlp_binary/model.keras'));
    const { id, warnings } = await finished({ model: { uri: 'files/models/c01.keras' }, data: request.data, fit: { epochs: 0 } });
    expect(warnings).toEqual([{ pointer: '/model', detail: "the weights are taken over, the optimizer's state is not" }]);
    expectClose(await predict(id, await rows('c01_mlp_binary')), floats((await json('c01_mlp_binary/expected.keras3.json')).predict_first8[0]));
    const next = await finished({ model: { uri: 'files/models/c01.keras' }, data: request.data, fit: { epochs: 2 } });
    expect(Object.keys((await api.history(next.id)).history)).toEqual(['loss', 'accuracy']);
    expect((await api.history(next.id)).history['loss']?.[1]).toBeLessThan((await api.history(next.id)).history['loss']?.[0] as number);
  });

  it('JSON of a model, weights of a .keras', async () => {
    const { request } = await uploadGolden(api, 'c01_mlp_binary');
    await api.upload('models/c01.keras', await read('c01_mlp_binary/model.keras'));
    const model = (await read('c01_mlp_binary/model.keras3.json')).toString();
    const callbacks = [{ class_name: 'ModelCheckpoint', config: { filepath: '{epoch}-{accuracy:.2f}.h5', monitor: 'accuracy', save_best_only: true } }];
    const job = { model, weights: { uri: 'files/models/c01.keras' }, compile: request.compile, data: request.data, callbacks };
    const { id } = await finished({ ...job, fit: { epochs: 0 } });
    expectClose(await predict(id, await rows('c01_mlp_binary')), floats((await json('c01_mlp_binary/expected.keras3.json')).predict_first8[0]));
    const trained = await finished({ ...job, fit: { epochs: 1 } });
    expect(trained.job.best?.monitor).toBe('accuracy');
    expect((await api.checkpoints(trained.id))[0]?.filename).toMatch(/^0-0\.\d\d\.h5$/);
  });

  it('two inputs and outputs', async () => {
    const name = 'c07_aux_two_outputs';
    const { request } = await uploadGolden(api, name);
    await api.upload('models/c07.keras', await read(`${name}/model.keras`));
    const { id } = await finished({ model: { uri: 'files/models/c07.keras' }, compile: request.compile, data: request.data, fit: { epochs: 0 } });
    const inputs = await Promise.all([0, 1].map(async (i) => nestedOf(sliceRows(decodeNpy(await read(`${name}/x_${i}.npy`)), 0, 8))));
    const [main, aux] = (await json(`${name}/expected.keras3.json`)).predict_first8 as StoredTensor[];
    expectClose(await predict(id, { main_input: inputs[0], aux_input: inputs[1] }), [...floats(main!), ...floats(aux!)]);
  });
});

describe('Keras 1.2', () => {
  it.each([
    ['mlp', 'yaml'],
    ['lstm', 'text'],
    ['cnn_th', 'file'], // kernels of Theano's order
    ['functional', 'json'],
  ])('%s, as %s, predicts what Keras 1.2.2 predicted', async (name, as) => {
    const { x, predict: expected } = (await json('k1_keras122/expected.json'))[name] as { x: (StoredTensor & { dtype: 'float32' | 'int32' })[]; predict: StoredTensor[] };
    for (const kind of ['weights', 'model']) await api.upload(`k1/${name}.${kind}.h5`, await read(`k1_keras122/${name}.${kind}.h5`));
    const arrays = x.map(arrayOf);
    const targets = expected.map((tensor) => arrayOf({ ...tensor, dtype: 'float32' }));
    await api.upload(`k1/${name}.npz`, encodeNpz([...arrays.map((array, i) => [`x${i}`, array] as const), ...targets.map((array, i) => [`y${i}`, array] as const)]));
    const data = { train: { uri: `files/k1/${name}.npz`, x: arrays.map((_, i) => `x${i}`), y: targets.map((_, i) => `y${i}`) } };
    const weights = { uri: `files/k1/${name}.weights.h5` };
    const text = (await read(`k1_keras122/${name}.json`)).toString();
    const sources: Record<string, object> = {
      text: { model: text, weights },
      json: { model: JSON.parse(text), weights },
      yaml: { model: { yaml: (await read(`k1_keras122/${name}.yaml`)).toString() }, weights },
      file: { model: { uri: `files/k1/${name}.model.h5` } },
    };
    const { id } = await finished({ ...sources[as], data, compile: { optimizer: 'sgd', loss: 'mse' }, fit: { epochs: 0 } });
    expectClose(await predictArrays(id, arrays), expected.flatMap(floats));
  });
});

/** Of several inputs, by their names. */
async function predictArrays(id: string, arrays: readonly NdArray[]): Promise<number[]> {
  if (arrays.length === 1) return predict(id, nestedOf(arrays[0]!));
  const { config } = await api.get<{ config: { input_layers: [string][] } }>(`/v1/jobs/${id}/model`);
  return predict(id, Object.fromEntries(config.input_layers.map(([name], i) => [name, nestedOf(arrays[i]!)])));
}

function arrayOf({ dtype, shape, b64 }: StoredTensor & { dtype: 'float32' | 'int32' }): NdArray {
  return { dtype, shape, data: viewBytes(dtype, new Uint8Array(Buffer.from(b64, 'base64'))) };
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNpy, nestedOf, sliceRows } from '@trainyard/ndarray';
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

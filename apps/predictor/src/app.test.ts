import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { decodeNpy, decodeNpz, encodeNpz, sliceRows } from '@trainyard/ndarray';
import { openObjectStore, type ObjectStore } from '@trainyard/object-store';
import { decodeFrame, frameMediaType, newCheckpointId, newJobId, type PredictorRequest } from '@trainyard/protocol';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { framed, sentArrays, testPredictor } from './testing/index.js';

const golden = (name: string): string => fileURLToPath(new URL(`../../../tests/golden/${name}`, import.meta.url));
const float32s = (base64: string): number[] => {
  const bytes = Buffer.from(base64, 'base64');
  return [...new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))];
};

let folder: string;
let store: ObjectStore;
let app: FastifyInstance;
const checkpoints = { mlp: newCheckpointId(), weights: newCheckpointId(), twoInputs: newCheckpointId(), shared: newCheckpointId(), stateful: newCheckpointId(), broken: newCheckpointId() };
const digests = new Map<string, string>();
const put = async (id: string, content: Buffer): Promise<void> => {
  await store.put(keyOf(id), content);
  digests.set(id, createHash('sha256').update(content).digest('hex'));
};
const keyOf = (id: string): string => `projects/p/jobs/j/checkpoints/${id}.h5`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'trainyard-predictor-'));
  store = await openObjectStore(pathToFileURL(folder).href);
  await put(checkpoints.mlp, await readFile(golden('c01_mlp_binary/whole_model.h5')));
  await put(checkpoints.weights, await readFile(golden('c01_mlp_binary/final.weights.h5')));
  await put(checkpoints.twoInputs, await readFile(golden('c05_functional_mlp/whole_model.h5')));
  await put(checkpoints.shared, await readFile(golden('c09_shared_conv_nodes/whole_model.h5')));
  await put(checkpoints.stateful, await readFile(golden('c11b_stateful_lstm/whole_model.h5')));
  await put(checkpoints.broken, Buffer.from('not a checkpoint'));
  app = testPredictor({ store });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

type Change = Omit<Partial<PredictorRequest>, 'checkpoint' | 'tensors'> & { tensors: unknown; id?: string; kind?: 'model' | 'weights' };
const requestOf = ({ id = checkpoints.mlp, kind = 'model', ...change }: Change) => ({
  ...{ project: 'p', job: newJobId(), checkpoint: { id, kind, key: keyOf(id), sha256: digests.get(id) ?? 'none' }, model: null, raw: null },
  ...{ outputs: 'probabilities', layers: null, batch_size: 32, accept: 'json', ...change },
});
async function predictFramed(change: Change, parts: readonly Uint8Array[]) {
  const answer = await app.inject({ method: 'POST', url: '/predict', ...framed(requestOf(change), parts) });
  return { status: answer.statusCode, body: String(answer.headers['content-type']).includes('json') ? answer.json() : answer.rawPayload };
}

/** Asks for lists of numbers: of a model's only input, or by name. */
function predict(x: readonly unknown[] | Readonly<Record<string, readonly unknown[]>>, change: Omit<Change, 'tensors'> = {}) {
  const { tensors, parts } = sentArrays(Array.isArray(x) ? { x } : (x as Record<string, unknown[]>));
  return predictFramed({ ...change, tensors }, parts);
}

const rows = async (count: number): Promise<number[][]> => {
  const x = decodeNpy(await readFile(golden('c01_mlp_binary/x_0.npy')));
  return Array.from({ length: count }, (_, i) => [...(sliceRows(x, i, i + 1).data as Float32Array)]);
};
const expected = async (count: number): Promise<number[]> => {
  const { final_predict } = JSON.parse(await readFile(golden('c01_mlp_binary/expected.json'), 'utf8'));
  return float32s(final_predict[0].b64).slice(0, count);
};
const close = (actual: number[], reference: number[]): void => {
  expect(actual).toHaveLength(reference.length);
  actual.forEach((value, i) => expect(Math.abs(value - reference[i]!)).toBeLessThan(1e-5));
};

describe('predictions are those of Keras', () => {
  it('as JSON, as npz', async () => {
    const [x, reference] = [await rows(5), await expected(5)];
    const { status, body } = await predict(x);
    expect(status).toBe(200);
    close(body.outputs.flat(), reference);
    const npz = encodeNpz([['x', { dtype: 'float32', shape: [5, x[0]!.length], data: Float32Array.from(x.flat()) }]]);
    const [output] = decodeNpz((await predictFramed({ tensors: { npz: true }, accept: 'npz' }, [npz])).body).values();
    close([...(output!.data as Float32Array)], reference);
  });

  it('of arrays that come, and go, as they are: the same numbers to the bit', async () => {
    const x = await rows(3);
    const { body } = await predict(x);
    const asked = { tensors: { arrays: [{ name: 'dense_1_input', dtype: 'float32', shape: [3, x[0]!.length] }] }, accept: 'arrays' as const, job: null };
    const answer = await predictFramed(asked, [new Uint8Array(Float32Array.from(x.flat()).buffer)]);
    const { json, parts } = decodeFrame(answer.body);
    expect(json).toEqual({ arrays: [{ name: 'dense_3', dtype: 'float32', shape: [3, 1] }] });
    expect([...new Float32Array(Uint8Array.from(parts[0]!).buffer)]).toEqual(body.outputs.flat());
  });

  it('of weights alone, with the model of the request', async () => {
    const model = await readFile(golden('c01_mlp_binary/model.json'), 'utf8');
    const { body } = await predict(await rows(4), { id: checkpoints.weights, kind: 'weights', model });
    close(body.outputs.flat(), await expected(4));
  });

  it('as classes, and of inner layers', async () => {
    const x = await rows(6);
    const classes = (await predict(x, { outputs: 'classes' })).body.outputs;
    expect(classes).toEqual((await expected(6)).map((p) => [p > 0.5 ? 1 : 0]));
    const { outputs } = (await predict(x, { layers: ['dense_1', 'dense_2'] })).body;
    expect(Object.keys(outputs)).toEqual(['dense_1', 'dense_2']);
    expect(outputs.dense_1[0].length).toBeGreaterThan(1);
  });

  it('whatever the batch size, also of many requests at once', async () => {
    const [x, reference] = [await rows(13), await expected(13).then((all) => all.slice(0, 8))];
    const answers = await Promise.all([1, 3, 5, 8, 100, 7, 2].map((batch_size) => predict(x, { batch_size })));
    for (const { body } of answers) close(body.outputs.flat().slice(0, 8), reference);
  });
});

describe('calls of a shared layer', () => {
  const image = (size: number) => Array.from({ length: size }, () => Array.from({ length: size }, () => [0.1, 0.2, 0.3]));
  const inputs = async (layers: string[]) => {
    const { input_layers: names } = JSON.parse(await readFile(golden('c09_shared_conv_nodes/model.json'), 'utf8')).config;
    return predict({ [names[0][0]]: [image(16)], [names[1][0]]: [image(32)] }, { id: checkpoints.shared, layers });
  };

  it('are told apart by their number', async () => {
    const { body } = await inputs(['conv2d_1', 'conv2d_1[0]', 'conv2d_1[1]', 'conv2d_1[1][0]']);
    const sizes = Object.fromEntries(Object.entries(body.outputs as Record<string, number[][][]>).map(([name, [map]]) => [name, map!.length]));
    expect(sizes).toEqual({ conv2d_1: 16, 'conv2d_1[0]': 16, 'conv2d_1[1]': 32, 'conv2d_1[1][0]': 32 });
  });

  it('that are not there are refused', async () => {
    expect((await inputs(['conv2d_1', 'conv2d_1[2]'])).body.errors).toEqual([{ pointer: '/layers/1', code: 'invalid_value', detail: 'expected a call of "conv2d_1" from 0 to 1, received 2' }]);
    expect((await inputs(['conv2d_1[0][1]'])).body.detail).toMatch(/expected an output of "conv2d_1" from 0 to 0, received 1/);
  });
});

describe('a stateful model', () => {
  const sequences = async () => {
    const x = decodeNpy(await readFile(golden('c11b_stateful_lstm/x_0.npy')));
    const nest = (data: Float32Array, [length = 0, ...rest]: number[]): unknown => (rest.length === 0 ? [...data] : Array.from({ length }, (_, i) => nest(data.subarray((i * data.length) / length, ((i + 1) * data.length) / length), rest)));
    return nest(x.data as Float32Array, [...x.shape]) as unknown[];
  };

  it('starts anew in every request, in batches of its own size', async () => {
    const x = await sequences();
    const ask = async () => (await predict(x.slice(0, 16), { id: checkpoints.stateful, batch_size: 4 })).body.outputs as number[][];
    const [first, ...others] = await Promise.all([ask(), ask(), ask()]);
    expect(first).toHaveLength(16);
    for (const other of others) expect(other).toEqual(first);
    // The second batch goes on from the states of the first.
    const alone = (await predict(x.slice(8, 16), { id: checkpoints.stateful })).body.outputs;
    expect(alone).not.toEqual(first.slice(8));
  });

  it('takes whole batches only', async () => {
    const { status, body } = await predict((await sequences()).slice(0, 5), { id: checkpoints.stateful });
    expect({ status, detail: body.detail }).toEqual({ status: 422, detail: expect.stringMatching(/batches of 8 rows: expected a batch of 8, received 5/) });
  });
});

it('a file that is not the one that was stored is not used', async () => {
  const id = newCheckpointId();
  await put(id, await readFile(golden('c01_mlp_binary/whole_model.h5')));
  await store.delete([keyOf(id)]);
  await store.put(keyOf(id), await readFile(golden('c05_functional_mlp/whole_model.h5')));
  const { body } = await predict(await rows(1), { id });
  expect(body).toMatchObject({ code: 'weights_invalid', detail: expect.stringMatching(/not the one that was stored: expected sha256 [0-9a-f]{64}/) });
});

it('models that do not fit beside each other take turns', async () => {
  const small = testPredictor({ store, cacheBytes: 2 ** 20 });
  const ask = async (id: string) => {
    const { tensors, parts } = sentArrays({ x: [[1]] });
    return (await small.inject({ method: 'POST', url: '/predict', ...framed(requestOf({ id, tensors }), parts) })).json().detail as string;
  };
  for (let turn = 0; turn < 3; turn++) {
    expect(await ask(checkpoints.mlp)).toMatch(/dense_1_input/);
    expect(await ask(checkpoints.twoInputs)).not.toMatch(/dense_1_input/);
    expect((await small.inject('/readyz')).json()).toMatchObject({ models: 1 });
  }
  const both = await Promise.all(Array.from({ length: 8 }, (_, i) => ask(i % 2 === 0 ? checkpoints.mlp : checkpoints.twoInputs)));
  both.forEach((detail, i) => expect(/dense_1_input/.test(detail)).toBe(i % 2 === 0));
  await small.close();
});

describe('what is wrong is told, with its place', () => {
  it.each([
    ['another width', [[1, 2, 3]], /input "dense_1_input": expected an array of shape \(None, \d+\), received \(1, 3\)/],
    ['another rank', [[[1]]], /dense_1_input/],
    ['no rows', [], /dense_1_input/],
  ])('%s', async (_, x, message) => {
    const { status, body } = await predict(x);
    expect(status).toBe(422);
    expect(body.detail).toMatch(message);
  });

  it('no npz, and rows as JSON that are not raw', async () => {
    expect((await predictFramed({ tensors: { npz: true } }, [])).body).toMatchObject({ status: 422, detail: expect.stringMatching(/npz archive/) });
    expect((await predictFramed({ tensors: { instances: [[1]] } }, [])).body).toMatchObject({ status: 400, detail: expect.stringMatching(/^expected arrays or an npz archive/) });
  });

  it('a layer that is not there, a checkpoint that is not there, one that is broken, weights without a model', async () => {
    const x = await rows(1);
    expect((await predict(x, { layers: ['nope'] })).body.detail).toMatch(/no layer "nope"; its layers are dense_1/);
    expect((await predict(x, { id: newCheckpointId() })).status).toBe(404);
    expect((await predict(x, { id: checkpoints.broken })).body).toMatchObject({ status: 422, code: 'weights_invalid' });
    expect((await predict(x, { id: checkpoints.weights, kind: 'weights' })).status).toBe(422);
  });

  it('arrays whose bytes are not theirs', async () => {
    const arrays = [{ name: 'dense_1_input', dtype: 'float32', shape: [1, 2] }];
    for (const parts of [[new Uint8Array(7)], [], [new Uint8Array(8), new Uint8Array(8)]]) {
      const { status, body } = await predictFramed({ tensors: { arrays } }, parts);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'malformed_json' });
    }
    const unnamed = await predictFramed({ id: checkpoints.twoInputs, tensors: { arrays: [{ ...arrays[0], name: 'x' }, { ...arrays[0], name: 'y' }] } }, [new Uint8Array(8), new Uint8Array(8)]);
    expect(unnamed.status).toBe(422);
  });

  it('nonsense', async () => {
    const post = (payload: string, type = 'application/json') => app.inject({ method: 'POST', url: '/predict', payload, headers: { 'content-type': type } });
    expect((await post('{')).statusCode).toBe(400);
    expect((await post('[]')).statusCode).toBe(422);
    expect((await post('{}')).statusCode).toBe(422);
    expect((await post('x', 'text/plain')).statusCode).toBe(415);
    expect((await post('no frame', frameMediaType)).statusCode).toBe(400);
    expect((await post(JSON.stringify('x'.repeat(2 ** 22)))).statusCode).toBe(413);
    expect((await app.inject({ url: '/nowhere' })).statusCode).toBe(404);
    const deep = JSON.stringify(requestOf({ tensors: { inputs: 'deep' } })).replace('"deep"', '['.repeat(50_000) + ']'.repeat(50_000));
    expect((await post(deep)).statusCode).toBe(400);
    expect((await app.inject({ url: '/readyz' })).json()).toMatchObject({ status: 'ok' });
  });
});

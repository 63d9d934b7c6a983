import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { decodeNpy, decodeNpz, encodeNpz, sliceRows } from '@trainyard/ndarray';
import { openObjectStore, type ObjectStore } from '@trainyard/object-store';
import { decodeFrame, encodeFrame, frameMediaType, newCheckpointId, newJobId, type PredictorRequest } from '@trainyard/protocol';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPredictor } from './testing/index.js';

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
async function predict(change: Change) {
  const answer = await app.inject({ method: 'POST', url: '/predict', payload: requestOf(change) });
  return { status: answer.statusCode, body: String(answer.headers['content-type']).includes('json') ? answer.json() : answer.rawPayload };
}

/** The same with bytes that go with the request. */
async function predictFramed(change: Change, parts: Uint8Array[]) {
  const answer = await app.inject({ method: 'POST', url: '/predict', payload: Buffer.from(encodeFrame({ json: requestOf(change), parts })), headers: { 'content-type': frameMediaType } });
  return { status: answer.statusCode, body: String(answer.headers['content-type']).includes('json') ? answer.json() : answer.rawPayload };
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
  it('by row', async () => {
    const { status, body } = await predict({ tensors: { instances: await rows(5) } });
    expect(status).toBe(200);
    close(body.predictions.flat(), await expected(5));
  });

  it('by column, by name, from base64, from npz', async () => {
    const [x, reference] = [await rows(3), await expected(3)];
    const bytes = (values: number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64');
    close((await predict({ tensors: { inputs: x } })).body.outputs.flat(), reference);
    close((await predict({ tensors: { instances: x.map((row) => ({ dense_1_input: row })) } })).body.predictions.flat(), reference);
    close((await predict({ tensors: { instances: x.map((row) => ({ b64: bytes(row) })) } })).body.predictions.flat(), reference);
    close((await predict({ tensors: { inputs: { b64: bytes(x.flat()) } } })).body.outputs.flat(), reference);
    const npz = encodeNpz([['x', { dtype: 'float32', shape: [3, x[0]!.length], data: Float32Array.from(x.flat()) }]]);
    const { body } = await predictFramed({ tensors: { npz: true }, accept: 'npz' }, [npz]);
    const [output] = decodeNpz(body).values();
    close([...(output!.data as Float32Array)], reference);
  });

  it('of arrays that come, and go, as they are: the same numbers to the bit', async () => {
    const x = await rows(3);
    const { body } = await predict({ tensors: { inputs: x } });
    const asked = { tensors: { arrays: [{ name: 'dense_1_input', dtype: 'float32', shape: [3, x[0]!.length] }] }, accept: 'arrays' as const, job: null };
    const answer = await predictFramed(asked, [new Uint8Array(Float32Array.from(x.flat()).buffer)]);
    const { json, parts } = decodeFrame(answer.body);
    expect(json).toEqual({ arrays: [{ name: 'dense_3', dtype: 'float32', shape: [3, 1] }] });
    expect([...new Float32Array(Uint8Array.from(parts[0]!).buffer)]).toEqual(body.outputs.flat());
  });

  it('of weights alone, with the model of the request', async () => {
    const model = await readFile(golden('c01_mlp_binary/model.json'), 'utf8');
    const { body } = await predict({ id: checkpoints.weights, kind: 'weights', model, tensors: { instances: await rows(4) } });
    close(body.predictions.flat(), await expected(4));
  });

  it('as classes, and of inner layers', async () => {
    const tensors = { instances: await rows(6) };
    const classes = (await predict({ tensors, outputs: 'classes' })).body.predictions;
    expect(classes).toEqual((await expected(6)).map((p) => [p > 0.5 ? 1 : 0]));
    const { predictions } = (await predict({ tensors, layers: ['dense_1', 'dense_2'] })).body;
    expect(Object.keys(predictions[0])).toEqual(['dense_1', 'dense_2']);
    expect(predictions[0].dense_1.length).toBeGreaterThan(1);
  });

  it('whatever the batch size, also of many requests at once', async () => {
    const [x, reference] = [await rows(13), await expected(13).then((all) => all.slice(0, 8))];
    const answers = await Promise.all([1, 3, 5, 8, 100, 7, 2].map((batch_size) => predict({ tensors: { instances: x }, batch_size })));
    for (const { body } of answers) close(body.predictions.flat().slice(0, 8), reference);
  });
});

describe('calls of a shared layer', () => {
  const image = (size: number) => Array.from({ length: size }, () => Array.from({ length: size }, () => [0.1, 0.2, 0.3]));
  const inputs = async (layers: string[]) => {
    const { input_layers: names } = JSON.parse(await readFile(golden('c09_shared_conv_nodes/model.json'), 'utf8')).config;
    return predict({ id: checkpoints.shared, tensors: { inputs: { [names[0][0]]: [image(16)], [names[1][0]]: [image(32)] } }, layers });
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
    const ask = async () => (await predict({ id: checkpoints.stateful, tensors: { instances: x.slice(0, 16) }, batch_size: 4 })).body.predictions as number[][];
    const [first, ...others] = await Promise.all([ask(), ask(), ask()]);
    expect(first).toHaveLength(16);
    for (const other of others) expect(other).toEqual(first);
    // The second batch goes on from the states of the first.
    const alone = (await predict({ id: checkpoints.stateful, tensors: { instances: x.slice(8, 16) } })).body.predictions;
    expect(alone).not.toEqual(first.slice(8));
  });

  it('takes whole batches only', async () => {
    const { status, body } = await predict({ id: checkpoints.stateful, tensors: { instances: (await sequences()).slice(0, 5) } });
    expect({ status, detail: body.detail }).toEqual({ status: 422, detail: expect.stringMatching(/batches of 8 rows: expected a batch of 8, received 5/) });
  });
});

it('a file that is not the one that was stored is not used', async () => {
  const id = newCheckpointId();
  await put(id, await readFile(golden('c01_mlp_binary/whole_model.h5')));
  await store.delete([keyOf(id)]);
  await store.put(keyOf(id), await readFile(golden('c05_functional_mlp/whole_model.h5')));
  const { body } = await predict({ id, tensors: { instances: await rows(1) } });
  expect(body).toMatchObject({ code: 'weights_invalid', detail: expect.stringMatching(/not the one that was stored: expected sha256 [0-9a-f]{64}/) });
});

it('models that do not fit beside each other take turns', async () => {
  const small = testPredictor({ store, cacheBytes: 2 ** 20 });
  const ask = async (id: string) => (await small.inject({ method: 'POST', url: '/predict', payload: requestOf({ id, tensors: { instances: [[1]] } }) })).json().detail as string;
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
    ['a row too short', { instances: [[1, 2], [1]] }, /\/instances\/1: expected a list of 2.*received one of 1/],
    ['a text', { instances: [[1, 'a']] }, /\/instances\/0\/1: expected a number, received the text "a"/],
    ['null', { instances: [[null]] }, /\/instances\/0\/0: expected a number, received null/],
    ['another width', { instances: [[1, 2, 3]] }, /input "dense_1_input": expected an array of shape \(None, \d+\), received \(1, 3\)/],
    ['another rank', { inputs: [[[1]]] }, /dense_1_input/],
    ['an unknown input', { instances: [{ nowhere: [1] }] }, /\/instances\/0\/nowhere: the model has no input of this name; its inputs are dense_1_input/],
    ['nothing', { inputs: null }, /expected a number, received null/],
    ['bytes too few', { instances: [{ b64: 'AAAA' }] }, /expected base64 of the float32 elements/],
    ['no npz', { npz: true }, /npz archive/],
  ])('%s', async (_, tensors, message) => {
    const { status, body } = await predict({ tensors });
    expect(status).toBe(422);
    expect(body.detail).toMatch(message);
  });

  it('a layer that is not there, a checkpoint that is not there, one that is broken, weights without a model', async () => {
    const tensors = { instances: await rows(1) };
    expect((await predict({ tensors, layers: ['nope'] })).body.detail).toMatch(/no layer "nope"; its layers are dense_1/);
    expect((await predict({ tensors, id: newCheckpointId() })).status).toBe(404);
    expect((await predict({ tensors, id: checkpoints.broken })).body).toMatchObject({ status: 422, code: 'weights_invalid' });
    expect((await predict({ tensors, id: checkpoints.weights, kind: 'weights' })).status).toBe(422);
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
    expect((await post(deep)).statusCode).toBe(422);
    expect((await app.inject({ url: '/readyz' })).json()).toMatchObject({ status: 'ok' });
  });
});

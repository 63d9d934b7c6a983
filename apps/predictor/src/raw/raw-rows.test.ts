import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openDataset } from '@trainyard/dataset';
import { decodeNpy, sliceRows } from '@trainyard/ndarray';
import { openObjectStore, type ObjectStore } from '@trainyard/object-store';
import { newCheckpointId, newJobId, Source, type DataState, type PredictorRequest } from '@trainyard/protocol';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { predictorCall, testPredictor } from '../testing/index.js';

const golden = (name: string): string => fileURLToPath(new URL(`../../../../tests/golden/c01_mlp_binary/${name}`, import.meta.url));

let folder: string;
let store: ObjectStore;
let app: FastifyInstance;
let checkpoint: PredictorRequest['checkpoint'];
/** Rows of the golden, and the same with other numbers in a csv: columns `c0`, `c1`, … */
let x: number[][];
const stored = (row: number[]): Record<string, number> => Object.fromEntries(row.map((value, i) => [`c${i}`, value * 4 + 1]));

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'trainyard-raw-'));
  store = await openObjectStore(pathToFileURL(folder).href);
  app = testPredictor({ store });
  const file = await readFile(golden('whole_model.h5'));
  await store.put('model.h5', file);
  checkpoint = { id: newCheckpointId(), kind: 'model', key: 'model.h5', sha256: createHash('sha256').update(file).digest('hex') };
  const array = decodeNpy(await readFile(golden('x_0.npy')));
  x = Array.from({ length: 6 }, (_, i) => [...(sliceRows(array, i, i + 1).data as Float32Array)]);
  const rows = x.map((row) => ({ ...stored(row), y: 0 }));
  await store.put('train.csv', Buffer.from([Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))].map((fields) => fields.join()).join('\n')));
  await keep('scaled.json', { uri: 'files/train.csv', transforms: [{ rescale: { column: 'x', scale: 0.25, offset: -0.25 } }] });
  await keep('plain.json', { uri: 'files/train.csv' });
  const state = JSON.parse(Buffer.from(await store.read('plain.json')).toString()) as DataState;
  delete state.train.inputs;
  await store.put('old.json', Buffer.from(JSON.stringify(state)));
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

/** Stores what an attempt keeps of a source. */
async function keep(key: string, given: object): Promise<void> {
  const source = Source.parse(given);
  const { fitted, inputs } = await openDataset(source, { resolve: () => ({ store, prefix: 'train.csv' }), inputs: ['dense_1_input'], outputs: ['dense_3'] });
  await store.put(key, Buffer.from(JSON.stringify({ version: 1, train: { shards: [], fitted, inputs }, validation: null } satisfies DataState)));
}

async function predict(tensors: object, key: string) {
  const request = { project: 'p', job: newJobId(), checkpoint, model: null, raw: { data_key: key }, tensors, outputs: 'probabilities', layers: null, batch_size: 32, accept: 'json' };
  const answer = await app.inject({ method: 'POST', url: '/predict', payload: request });
  return { status: answer.statusCode, body: answer.json() };
}

describe('raw rows', () => {
  it('are predicted for as the arrays that training makes of them', async () => {
    const body = (await app.inject({ method: 'POST', url: '/predict', ...predictorCall(checkpoint, x) })).json();
    expect(body.outputs).toHaveLength(6);
    const { outputs } = (await predict({ instances: x.map(stored) }, 'scaled.json')).body;
    // 4 x + 1 back to x: but for the last bit of float32.
    outputs.forEach(([value]: number[], i: number) => expect(value).toBeCloseTo(body.outputs[i][0], 5));
    expect((await predict({ instances: x.map((row) => Object.fromEntries(row.map((value, i) => [`c${i}`, value]))) }, 'plain.json')).body).toEqual(body);
  });

  it('come by column, too', async () => {
    const inputs = Object.fromEntries(Object.keys(stored(x[0]!)).map((name) => [name, x.map((row) => stored(row)[name])]));
    const byRow = (await predict({ instances: x.map(stored) }, 'scaled.json')).body.outputs;
    expect((await predict({ inputs }, 'scaled.json')).body).toEqual({ outputs: byRow });
  });

  it('many at once are each predicted for as alone', async () => {
    const alone = await Promise.all(x.map(async (row) => (await predict({ instances: [stored(row)] }, 'scaled.json')).body.outputs[0]));
    expect((await predict({ instances: x.map(stored) }, 'scaled.json')).body.outputs.map(([value]: number[]) => value?.toFixed(5))).toEqual(alone.map(([value]: number[]) => value?.toFixed(5)));
  });
});

describe('what is wrong is told, with its place', () => {
  it.each([
    ['a value', 'scaled.json', { instances: [{ c0: 'a' }] }, 422, '/instances/0/c0: expected a number, received "a"'],
    ['a value by column', 'scaled.json', { inputs: { c0: [1, null], c1: [1, 2] } }, 422, '/inputs/c0/1: expected a number, received null'],
    ['a column', 'scaled.json', { instances: [{ cc: 1 }] }, 422, /^\/instances\/0\/cc: the data that the model was trained on have no such column; its inputs are made of c0, c1/],
    ['npz', 'scaled.json', { npz: true }, 422, '/raw: expected rows as JSON, received an npz archive'],
    ['a job that has not kept how rows are read', 'old.json', { instances: [{ c0: 1 }] }, 422, /^\/raw: the job was trained before Trainyard kept how rows are read; leave out raw/],
    ['a state that is gone', 'none.json', { instances: [{ c0: 1 }] }, 404, 'what the job found out about its data is not in the object storage'],
  ])('%s', async (_, key, tensors, status, detail) => {
    const answer = await predict(tensors, key);
    expect({ status: answer.status, detail: answer.body.detail }).toEqual({ status, detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) });
  });

  it('rows that would take too much', async () => {
    const inputs = { format: 'csv', names: ['t'], columns: [{ name: 't', type: { kind: 'text' }, missing: 'error' }], inputs: [{ name: 'i', columns: ['t'] }], transforms: [{ tokenize: { column: 't', num_words: 800_000, mode: 'count', word_index: ['a'] } }] };
    await store.put('wide.json', Buffer.from(JSON.stringify({ version: 1, train: { shards: [], fitted: { transforms: [] }, inputs }, validation: null })));
    const { status, body } = await predict({ instances: ['a', 'a'] }, 'wide.json');
    expect({ status, detail: body.detail }).toEqual({ status: 413, detail: 'expected at most 1 rows at once, of which the inputs take 3200000 bytes each, received 2' });
  });
});

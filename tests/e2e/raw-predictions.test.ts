import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { openDataset, type DatasetArrays } from '@trainyard/dataset';
import { decodeNpz, encodeNpz } from '@trainyard/ndarray';
import { openObjectStore, type ObjectStore } from '@trainyard/object-store';
import { DataState, npzMediaType, Source, type JobRequestInput, type Problem } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { goldenFolder } from '../support/golden.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';
import { trainyardProgram } from '../support/trainyard-up.js';

// Rows as the files have them, sent to a checkpoint: the answers are those to the arrays that training makes of these rows.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let stack: Stack;
let api: JobsApi;
let store: ObjectStore;
beforeAll(async () => {
  stack = await Stack.start({ predictor: true });
  api = stack.api;
  store = await openObjectStore(pathToFileURL(stack.folder).href);
  await stack.startWorker();
});
afterAll(() => stack.stop());

const layer = (class_name: string, config: object) => ({ class_name, config });
const sequential = (...layers: object[]) => ({ class_name: 'Sequential', keras_version: '2.0.8', backend: 'tensorflow', config: layers });

async function train(model: object, source: object, validation?: object): Promise<string> {
  const request = { model, seed: 5, compile: { optimizer: 'adam', loss: 'binary_crossentropy' }, data: { train: source, ...(validation && { validation }) }, fit: { batch_size: 8, epochs: 2 } };
  const { id } = await api.submit(request as JobRequestInput);
  await api.until(id, 'succeeded');
  return id;
}

async function predict(id: string, body: object): Promise<unknown[]> {
  const { status, body: answer } = await api.call<{ predictions: unknown[] }>('POST', `/v1/jobs/${id}/predict`, body);
  expect(answer, JSON.stringify(answer)).toHaveProperty('predictions');
  expect(status).toBe(200);
  return answer.predictions;
}

/** What training makes of a source's rows, by what the job has learnt. */
async function loaded(id: string, source: object): Promise<DatasetArrays> {
  let key = '';
  for await (const object of store.list('projects/')) if (object.key.endsWith(`/${id}/data-1.json`)) key = object.key;
  const state = DataState.parse(JSON.parse(Buffer.from(await store.read(key)).toString()));
  const [project = ''] = /^projects\/[^/]+\//.exec(key) ?? [];
  const dataset = await openDataset(Source.parse(source), { resolve: (uri) => ({ store, prefix: project + uri }), inputs: ['x'], outputs: [], fitted: state.train.fitted });
  return dataset.load();
}

async function predictArrays(id: string, { x }: DatasetArrays): Promise<unknown> {
  const npz = encodeNpz([['x', x[0]!]]);
  return (await api.call<{ outputs: unknown }>('POST', `/v1/jobs/${id}/predict`, npz, { 'content-type': npzMediaType })).body.outputs;
}

describe('numbers and words of a csv', () => {
  const islands = ['Biscoe', 'Dream', 'Torgersen'];
  const rows = Array.from({ length: 40 }, (_, i) => ({ bill: 30 + ((i * 37) % 100) / 7, mass: i % 9 === 4 ? null : 3000 + ((i * 53) % 97) * 10.1, island: islands[i % 3]!, zip: `0${1234 + (i % 4)}`, adelie: i % 2 }));
  const csv = (some: typeof rows) => ['bill,mass,island,zip,adelie', ...some.map((row) => [row.bill, row.mass ?? 'NA', row.island, row.zip, row.adelie].join())].join('\n');
  const source = {
    ...{ uri: 'files/penguins.csv', x: ['bill', 'mass', 'island', 'zip'], y: 'adelie' },
    transforms: [{ drop_rows: { column: 'bill', above: 43 } }, { fill: { column: 'mass', value: 3400 } }, { standardize: { column: 'bill' } }, { standardize: { column: 'mass' } }, { one_hot: { column: 'island' } }, { one_hot: { column: 'zip' } }],
  };
  let id: string;
  beforeAll(async () => {
    await api.upload('penguins.csv', csv(rows));
    await api.upload('unseen.csv', csv(rows.slice(5, 25)));
    id = await train(sequential(layer('Dense', { name: 'dense_1', units: 8, activation: 'tanh', batch_input_shape: [null, 9] }), layer('Dense', { name: 'dense_2', units: 1, activation: 'sigmoid' })), source, { ...source, uri: 'files/unseen.csv' });
  });

  const kept = rows.slice(5, 25).filter(({ bill }) => bill <= 43);

  it('are answered as the arrays that training makes of them, by row and by column', async () => {
    const arrays = await predictArrays(id, await loaded(id, { ...source, uri: 'files/unseen.csv' }));
    expect(await predict(id, { raw: true, instances: kept })).toEqual(arrays);
    const inputs = Object.fromEntries((['bill', 'mass', 'island', 'zip'] as const).map((name) => [name, kept.map((row) => row[name])]));
    const { body } = await api.call<{ outputs: unknown }>('POST', `/v1/jobs/${id}/predict`, { raw: true, inputs });
    expect(body.outputs).toEqual(arrays);
  });

  it('all of them, also those that training leaves out', async () => {
    const predictions = await predict(id, { raw: true, instances: rows, checkpoint: 'latest', outputs: 'classes' });
    expect(predictions).toHaveLength(rows.length);
  });

  it('a whole file of them, to the same numbers, by what the training has learnt; an evaluation counts those that training keeps', async () => {
    const data = { uri: 'files/unseen.csv' };
    const [predictions, evaluation] = [await api.act(id, 'predictions', { data }), await api.act(id, 'evaluate', { data, batch_size: 8 })];
    await api.until(predictions.id, 'succeeded');
    const { data: values } = decodeNpz(await api.bytes(`/v1/jobs/${predictions.id}/predictions/content`)).get('dense_2')!;
    expect(Array.from(values, Number)).toEqual((await predict(id, { raw: true, instances: rows.slice(5, 25) })).flat());
    const { history } = await api.history(id);
    expect((await api.until(evaluation.id, 'succeeded')).metrics).toEqual({ loss: history['val_loss']?.at(-1) });
  });

  it('when the files are gone, too', async () => {
    const before = await predict(id, { raw: true, instances: kept });
    await api.call('DELETE', '/v1/files/penguins.csv');
    expect(await predict(id, { raw: true, instances: kept })).toEqual(before);
  });

  it.each<[string, object, string, string]>([
    ['a word for a number', { ...rows[0], bill: 'long' }, '/instances/1/bill', 'expected a number, received "long"'],
    ['null', { ...rows[0], bill: null }, '/instances/1/bill', 'expected a number, received null'],
    ['nothing', { mass: 1, island: 'Dream', zip: '01234' }, '/instances/1/bill', 'expected a number, received none'],
    ['an unknown word', { ...rows[0], island: 'Paris' }, '/instances/1/island', 'expected one of the words "Biscoe", "Dream" and "Torgersen", received "Paris"; leave out such rows, or give "unknown": "zeros"'],
    ['a mistyped column', { ...rows[0], isle: 'Dream' }, '/instances/1/isle', 'the data that the model was trained on have no such column; its inputs are made of bill, mass, island, zip'],
    ['a bare value', [1, 2, 3], '/instances/1', 'expected an object with the columns bill, mass, island, zip, received a list of 3'],
  ])('refused: %s', async (_, row, pointer, detail) => {
    const { status, body } = await api.call<Problem>('POST', `/v1/jobs/${id}/predict`, { raw: true, instances: [rows[0], row] });
    expect({ status, errors: body.errors }).toEqual({ status: 422, errors: [{ pointer, code: 'invalid_value', detail }] });
  });
});

describe('texts', () => {
  const words = ['good', 'bad', 'film', 'plot', 'actor', 'dull', 'great', 'long'];
  const rows = Array.from({ length: 32 }, (_, i) => ({ text: Array.from({ length: 2 + (i % 5) }, (_, k) => words[(i * 3 + k * k) % words.length]).join(i % 3 === 0 ? ', ' : ' '), good: i % 2 }));
  const source = { uri: 'files/reviews.csv', x: 'text', y: 'good', transforms: [{ tokenize: { column: 'text', num_words: 7, oov_token: '<unk>' } }, { pad_sequences: { column: 'text' } }] };

  it('are answered as their padded numbers are', async () => {
    await api.upload('reviews.csv', ['text,good', ...rows.map(({ text, good }) => `"${text}",${good}`)].join('\n'));
    const id = await train(
      sequential(layer('Embedding', { name: 'embedding_1', input_dim: 8, output_dim: 4, input_length: 6, batch_input_shape: [null, 6], input_dtype: 'int32' }), layer('Flatten', { name: 'flatten_1' }), layer('Dense', { name: 'dense_1', units: 1, activation: 'sigmoid' })),
      source,
    );
    const arrays = await predictArrays(id, await loaded(id, source));
    expect(await predict(id, { raw: true, instances: rows.map(({ text }) => text) })).toEqual(arrays);
    expect(await predict(id, { raw: true, instances: rows })).toEqual(arrays);
    expect(await predict(id, { raw: true, instances: ['words that nobody knows'] })).toHaveLength(1);
  });
});

describe('images', () => {
  const source = { uri: 'files/pictures/', format: 'images', images: { target_size: [8, 8], class_mode: 'binary' }, transforms: [{ image_data_generator: { column: 'x', rescale: 1 / 255, featurewise_center: true } }] };

  it('are answered as their pixels are', async () => {
    const { files } = JSON.parse(await readFile(join(goldenFolder, 's22_preprocessing/files.json'), 'utf8')) as { files: Record<string, { file: string }> };
    const pictures = Object.entries(files).map(([name, { file }]) => ({ path: `${name.includes('grey') ? 'grey' : 'colourful'}/${name}`, b64: file }));
    pictures.sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const { path, b64 } of pictures) await api.upload(`pictures/${path}`, Buffer.from(b64, 'base64'));
    const id = await train(sequential(layer('Flatten', { name: 'flatten_1', batch_input_shape: [null, 8, 8, 3] }), layer('Dense', { name: 'dense_1', units: 1, activation: 'sigmoid' })), source);
    const arrays = await predictArrays(id, await loaded(id, source));
    expect(arrays).toHaveLength(pictures.length);
    expect(await predict(id, { raw: true, instances: pictures.map(({ b64 }) => ({ b64 })) })).toEqual(arrays);
    expect(await predict(id, { raw: true, instances: pictures.map(({ b64 }) => ({ x: { b64 } })) })).toEqual(arrays);
    const [[first] = []] = arrays as number[][];
    const scored = [{ index: 1, score: first, class: 'grey' }, { index: 0, score: 1 - first!, class: 'colourful' }].sort((a, b) => b.score! - a.score!);
    expect(await predict(id, { raw: true, instances: pictures.map(({ b64 }) => ({ b64 })), top_k: 1 })).toContainEqual(scored.slice(0, 1));
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-pictures-'));
    try {
      const named = pictures.map(({ path, b64 }) => ({ file: join(folder, basename(path)), b64 }));
      for (const { file, b64 } of named) await writeFile(file, Buffer.from(b64, 'base64'));
      const args = [trainyardProgram, 'predict', id, '--image', ...named.map(({ file }) => file)];
      const { stdout } = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env['PATH'], TRAINYARD_URL: api.url } });
      expect(JSON.parse(stdout)).toEqual(arrays);
    } finally {
      await rm(folder, { recursive: true });
    }
    const { status, body } = await api.call<Problem>('POST', `/v1/jobs/${id}/predict`, { raw: true, instances: [{ b64: 'aGVsbG8=' }] });
    expect({ status, pointer: body.errors[0]?.pointer, detail: body.errors[0]?.detail }).toEqual({ status: 422, pointer: '/instances/0', detail: expect.stringMatching(/^expected a JPEG or a PNG/) });
  });
});

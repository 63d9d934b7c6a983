import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { addCheckpoint, createInference, endAttempt, findAnyJob, openDatabase, type AttemptRef } from '@trainyard/database';
import { createScratchDatabase, runningJob, type ScratchDatabase } from '@trainyard/database/testing';
import { buildModel, compileModel, evaluateArrays, toModelFile, Trainer } from '@trainyard/engine';
import { parseModel, writeModelFile } from '@trainyard/keras-format';
import { decodeNpz, encodeNpz, type NdArray } from '@trainyard/ndarray';
import { openFilesystemStore, type ObjectStore } from '@trainyard/object-store';
import { Compile, keepEverything, Limits, Resources, type InferenceSpec } from '@trainyard/protocol';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report, Workplace } from '../messages.js';
import { filePrefix } from '../object-keys.js';
import { openAttempt } from '../train-job/attempt.js';
import { claim } from '../train-job/claim.js';
import { Wishes } from '../train-job/wishes.js';
import { evaluateJob } from './evaluate-job.js';
import { predictJob } from './predict-job.js';

// Of a stateful model each batch depends on those before it: what another attempt goes on from has to hold its states, too.

const library = findLibrary(process.env);
const architecture = {
  class_name: 'Sequential',
  keras_version: '2.0.8',
  config: [
    { class_name: 'LSTM', config: { name: 'lstm_1', units: 5, stateful: true, batch_input_shape: [4, 3, 2] } },
    { class_name: 'Dense', config: { name: 'dense_1', units: 2 } },
  ],
};
const compile = Compile.parse({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'] });
const rows = 24;
const array = (shape: number[], scale: number): NdArray => ({ dtype: 'float32', shape, data: Float32Array.from({ length: shape.reduce((size, length) => size * length, 1) }, (_, i) => Math.sin(i * scale)) });
const [x, y] = [array([rows, 3, 2], 0.7), array([rows, 2], 1.3)];

let scratch: ScratchDatabase;
let folder: string;
let store: ObjectStore;
let workplace: Workplace;
let training: AttemptRef & { projectId: string };
let trainer: Trainer;

beforeAll(async () => {
  [scratch, folder] = await Promise.all([createScratchDatabase(), mkdtemp(path.join(tmpdir(), 'trainyard-infer-'))]);
  store = await openFilesystemStore(folder);
  workplace = { databaseUrl: scratch.url, storage: { url: pathToFileURL(folder).href, dataBuckets: [] }, library, outboundHosts: [], snapshots: { everyMs: 0, afterEpochMs: 0 }, tracing: false };
  training = await runningJob(scratch.database);
  trainer = new Trainer(compileModel(buildModel(parseModel(architecture)), compile as Parameters<typeof compileModel>[1]), createTensorFlowRuntime({ library }), 3);
  await trainer.initialize();
  await store.put('checkpoint.h5', await writeModelFile(await toModelFile(trainer)));
  await addCheckpoint(scratch.database, training, { id: 'ckpt_1', filename: 'final.h5', epoch: 0, step: 3, kind: 'model', final: true, metrics: {}, bytes: 5, sha256: 'x', key: 'checkpoint.h5' });
  await store.put(`${filePrefix(training.projectId)}test.npz`, encodeNpz([['x', x], ['y', y]]));
});
afterAll(async () => {
  trainer.dispose();
  await scratch.drop();
  await rm(folder, { recursive: true, force: true });
});

async function created(kind: 'evaluate' | 'predict', changes: Partial<InferenceSpec> = {}): Promise<string> {
  const spec: InferenceSpec = {
    ...{ version: 1, name: null, metadata: {}, priority: 0, architecture, compile: kind === 'evaluate' ? compile : null },
    checkpoint: { job: training.jobId, id: 'ckpt_1', filename: 'final.h5', key: 'checkpoint.h5', data_key: null },
    data: { uri: 'files/test.npz', x: 'x', ...(kind === 'evaluate' && { y: 'y' }), transforms: [] },
    ...{ batch_size: 32, steps: null, resources: Resources.parse({}), limits: Limits.parse({}), retention: keepEverything, webhook: null, ...changes },
  };
  return (await createInference(scratch.database, { projectId: training.projectId, kind, spec, model: { class_name: 'Sequential', name: 'model', total_params: 15 } })).job.id;
}

/** An attempt of the job, in this process. @param disturb told of each report, and able to end the attempt */
async function attempt(jobId: string, number: number, disturb: (report: Report, wishes: Wishes) => void = () => undefined): Promise<void> {
  const order = await claim({ job: jobId, attempt: number }, { database: scratch.database, worker: 'w' });
  if (order?.kind !== 'evaluate' && order?.kind !== 'predict') throw new Error('expected an order');
  const wishes = new Wishes();
  const resources = { workplace, database: openDatabase(scratch.url, { maxConnections: 2 }), store: Promise.resolve(store) };
  const opened = await openAttempt(order, resources, wishes, (report) => disturb(report, wishes));
  const outcome = order.kind === 'evaluate' ? await evaluateJob({ ...opened, order }) : await predictJob({ ...opened, order });
  await opened.close();
  if (!outcome) throw new Error('expected an outcome');
  await endAttempt(scratch.database, order.ref, outcome);
}

const record = async (jobId: string) => (await findAnyJob(scratch.database, jobId))!;
/** Ends the attempt behind its first batch, for another one to go on. */
const drained = ({ progress }: Report, wishes: Wishes): void => {
  if (progress !== undefined && progress.step > 0) wishes.follow('drain');
};

test('predictions go on behind the last batch that was kept, with the states as they were', async () => {
  const [whole, broken] = [await created('predict'), await created('predict')];
  await attempt(whole, 1);
  await attempt(broken, 1, drained);
  expect(await record(broken)).toMatchObject({ status: 'queued', snapshot: { step: 1 }, failedAttempts: 0 });
  await attempt(broken, 2);
  const [first, second] = await Promise.all([whole, broken].map(async (id) => (await record(id)).result));
  if (first?.kind !== 'predict' || second?.kind !== 'predict') throw new Error('expected predictions');
  expect(second).toMatchObject({ bytes: first.bytes, sha256: first.sha256, arrays: [{ name: 'dense_1', shape: [rows, 2] }] });
  await trainer.program.resetStates();
  const [expected] = await trainer.program.predict([x]);
  expect(decodeNpz(await store.read(second.key)).get('dense_1')).toEqual(expected);
});

test('an evaluation goes on likewise, to what evaluate answers', async () => {
  const broken = await created('evaluate');
  await attempt(broken, 1, drained);
  await attempt(broken, 2);
  await trainer.program.resetStates();
  const expected = await evaluateArrays(trainer, trainer.standardize({ x: [x], y: [y] }), 4);
  expect((await record(broken)).result).toEqual({ kind: 'evaluate', metrics: trainer.logs(expected) });
});

test('so many steps as are asked for are taken, pass after pass', async () => {
  const id = await created('predict', { steps: 8 });
  await attempt(id, 1);
  expect(await record(id)).toMatchObject({ status: 'succeeded', result: { arrays: [{ shape: [32, 2] }] } });
});

test('a source whose rows are no whole batches of a stateful model is the user’s to put right', async () => {
  await store.put(`${filePrefix(training.projectId)}odd.npz`, encodeNpz([['x', array([6, 3, 2], 1)]]));
  const id = await created('predict', { data: { uri: 'files/odd.npz', x: 'x', transforms: [] } });
  await attempt(id, 1);
  expect(await record(id)).toMatchObject({ status: 'failed', error: { code: 'data_invalid', pointer: '/data', message: expect.stringContaining('for batches of 4 rows') } });
});

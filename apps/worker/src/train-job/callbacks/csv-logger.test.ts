import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createScratchDatabase, runningJob, type ScratchDatabase } from '@trainyard/database/testing';
import { createCallbacks, type Callback, type TrainingControl } from '@trainyard/engine';
import type { Json } from '@trainyard/keras-format';
import { openObjectStore, type ObjectStore } from '@trainyard/object-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Attempt } from '../attempt.js';
import { Journal } from '../records/journal.js';
import { csvLogger } from './csv-logger.js';

let folder: string;
let store: ObjectStore;
let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'trainyard-csv-'));
  store = await openObjectStore(pathToFileURL(folder).href);
});
afterAll(async () => {
  await scratch.drop();
  await rm(folder, { recursive: true });
});

const control: TrainingControl = { metricsNames: ['loss'], lr: 0.1, stopTraining: false };

it('goes on where a snapshot was, also where that was taken before an epoch of its attempt had ended', async () => {
  const ref = await runningJob(scratch.database);
  const journal = new Journal(() => undefined);
  const attempt = { journal, store, database: scratch.database, order: { project: 'p', ref } } as unknown as Attempt;
  const environment = { saveCheckpoint: async () => undefined, warn: () => undefined, log: () => undefined };
  const open = (state?: Json): Callback => {
    const [callback] = createCallbacks([{ class_name: 'CSVLogger', config: { filename: 'log.csv' } }], environment, [csvLogger(attempt)]);
    if (state !== undefined) callback!.restore(state);
    return callback!;
  };
  const train = async (callback: Callback, epochs: readonly number[]): Promise<Json> => {
    for (const epoch of epochs) await callback.onEpochEnd(epoch, { loss: epoch / 2 }, control);
    const state = callback.state();
    await journal.flush();
    return state;
  };
  const first = await train(open(), [0, 1]);
  await train(open(first), [2]); // killed before it was stored how far it had come
  const second = await train(open(first), []);
  expect(second).toEqual(first);
  await train(open(second), [2, 3]);
  expect(Buffer.from(await store.read('projects/p/files/log.csv')).toString()).toBe('epoch,loss\n0,0.0\n1,0.5\n2,1.0\n3,1.5\n');
});
